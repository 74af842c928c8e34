/* SPDX-License-Identifier: BSD-3-Clause */
#include "expr/program.h"

#include "base/memory.h"
#include "expr/expr.h"

/* Rows that are worked on at once: the registers of a usual expression stay in the first cache, and of one that needs
 * very many of them, within 4 MiB. */
#define CHUNK_ROWS 1024
#define CHUNK_ROWS_CROWDED 128
#define CROWDED 32

rf_status rf_program_reserve(rf_program *program, rf_error *err) {
  size_t count = program->register_count;
  size_t rows = count > CROWDED ? CHUNK_ROWS_CROWDED : CHUNK_ROWS;
  size_t data = rows * 16;
  program->rows = rows;
  program->registers = rf_alloc_zero(count, sizeof *program->registers);
  program->memory = rf_alloc_zero(count * (data + 2 * rows) + 2 * rows * sizeof(double), 1);
  if (!program->registers || !program->memory)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to run an expression");
  uint8_t *at = program->memory;
  for (int i = 0; i < 2; i++, at += rows * sizeof(double))
    program->scratch[i] = (double *)(void *)at;
  for (size_t i = 0; i < count; i++, at += data)
    program->registers[i].data = at;
  for (size_t i = 0; i < count; i++, at += 2 * rows) {
    program->registers[i].tags = at;
    program->registers[i].nulls = at + rows;
  }
  return RF_OK;
}

void rf_program_free(rf_program *program) {
  if (!program)
    return;
  rf_free(program->steps);
  rf_free(program->items);
  rf_free(program->strings);
  rf_free(program->columns);
  rf_free(program->registers);
  rf_free(program->memory);
  rf_free(program);
}
