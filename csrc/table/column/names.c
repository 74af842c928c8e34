/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The names by which columns are found. A column whose name another one has before it, or that has none, gets a made-up
 * name; that must never be one which a column really has, in any case of letters, wherever that column stands.
 */
#include "table/column/names.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"

/* More than twice the columns that a table may have. */
#define SLOTS 2048u

/* Columns by their keys in any case: number + 1, or 0. */
typedef struct key_set {
  const rf_table *table;
  uint16_t slots[SLOTS];
} key_set;

/* FNV-1a of the upper-case text. */
static unsigned first_slot(const char *key) {
  uint32_t hash = 2166136261u;
  for (; *key != '\0'; key++)
    hash = (hash ^ (uint8_t)rf_to_upper(*key)) * 16777619u;
  return (hash ^ hash >> 15) % SLOTS;
}

static const char *key_at(const key_set *set, unsigned slot) {
  return set->table->columns[set->slots[slot] - 1].info.key;
}

/* Is it the key of a column, exactly or in any case? */
static bool has_key(const key_set *set, const char *key, bool exactly) {
  for (unsigned slot = first_slot(key); set->slots[slot] != 0; slot = (slot + 1) % SLOTS)
    if (exactly ? strcmp(key_at(set, slot), key) == 0 : rf_same_name(key_at(set, slot), key))
      return true;
  return false;
}

static void add_key(key_set *set, size_t column) {
  unsigned slot = first_slot(set->table->columns[column].info.key);
  while (set->slots[slot] != 0)
    slot = (slot + 1) % SLOTS;
  set->slots[slot] = (uint16_t)(column + 1);
}

static void make_key(const key_set *set, rf_column *column, bool named) {
  rf_column_info *info = &column->info;
  char key[sizeof info->key] = ""; /* callers get all of it */
  (void)snprintf(key, sizeof key, "%s", info->name);
  for (unsigned copy = 2; named || has_key(set, key, false); copy++) {
    (void)snprintf(key, sizeof key, "%.245s_%u", info->name, copy);
    named = false;
  }
  memcpy(info->key, key, sizeof info->key);
  if (strcmp(info->key, info->name) != 0)
    rf_column_odd(column, "there is a column '%.80s' before%s; this one is read as '%.80s'", info->name,
                  info->unnamed ? " or behind" : "", info->key);
}

void rf_table_make_keys(rf_table *table) {
  key_set set = {.table = table, .slots = {0}};
  bool made[RF_MAX_COLUMNS] = {false};
  size_t n = table->info.ncols;
  for (size_t i = 0; i < n; i++) {
    rf_column_info *info = &table->columns[i].info;
    made[i] = info->unnamed || has_key(&set, info->name, true);
    if (made[i])
      continue;
    memcpy(info->key, info->name, sizeof info->key);
    add_key(&set, i);
  }
  for (size_t i = 0; i < n; i++)
    if (made[i]) {
      make_key(&set, &table->columns[i], !table->columns[i].info.unnamed);
      add_key(&set, i);
    }
}
