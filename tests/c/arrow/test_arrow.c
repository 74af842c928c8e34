/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tables as Arrow data, read by a consumer that looks at every byte: types, nulls, strings, lists, errors, and releases
 * that run exactly once.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "arrow/walk.h"
#include "table_rows.h"

static atomic_int finished;

static void count_finish(void *user) {
  atomic_fetch_add((atomic_int *)user, 1);
}

/* A table of 5 rows: int32 with TNULL, strings of 9 bytes, vectors of 2, bools, and lists of int16. */
static rf_file *make_file(void) {
  static const uint64_t two = 2;
  const rf_column_spec columns[] = {
      SPEC(.name = "id", .type = RF_I32, .has_null = 1, .null = 3),
      SPEC(.name = "name", .type = RF_BYTES, .width = 9),
      SPEC(.name = "vec", .type = RF_F64, .ndim = 1, .dims = &two),
      SPEC(.name = "flag", .type = RF_LOGICAL),
  };
  int32_t ids[] = {1, 2, 3, 4, 5};
  char names[5][9] = {"a", "bb", "", "caf\xe9", "123456789"};
  double vec[10] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  uint8_t flags[] = {1, 0, 1, 0, 1};
  rf_file *file = rows_file();
  size_t index = rows_create(file, columns, COUNT(columns), 5);
  const rf_column_request requests[] = {
      rows_request(0, RF_I32, 0, ids, sizeof *ids), rows_request(1, RF_BYTES, 9, names, 9),
      rows_request(2, RF_F64, 0, vec, 2 * sizeof *vec), rows_request(3, RF_LOGICAL, 0, flags, 1)};
  const rf_table_request request = {.size = sizeof request, .columns = requests, .ncolumns = COUNT(requests)};
  CHECK_OK(rf_table_write(file, index, &request, &rows_err), rows_err);
  return file;
}

static void types_and_cells(void) {
  rf_file *file = make_file();
  struct ArrowSchema schema;
  struct ArrowArray array;
  CHECK_OK(rf_arrow_get_schema(file, 1, NULL, &schema, &rows_err), rows_err);
  CHECK_OK(rf_arrow_read(file, 1, NULL, &array, &rows_err), rows_err);
  CHECK(walk_array(&schema, &array, 5));
  CHECK_STR(schema.format, "+s");
  CHECK_STR(schema.children[0]->format, "i");
  CHECK_STR(schema.children[0]->name, "id");
  CHECK_STR(schema.children[1]->format, "u");
  CHECK_STR(schema.children[2]->format, "+w:2");
  CHECK_STR(schema.children[2]->children[0]->format, "g");
  CHECK_STR(schema.children[3]->format, "b");
  CHECK(array.children[0]->null_count == 1 && *(const uint8_t *)array.children[0]->buffers[0] == 0x1B);
  CHECK(((const int32_t *)array.children[0]->buffers[1])[4] == 5);
  const int32_t *ends = array.children[1]->buffers[1];
  CHECK(ends[1] == 1 && ends[2] == 3 && ends[3] == 3 && ends[4] == 8 && ends[5] == 17);
  CHECK(memcmp(array.children[1]->buffers[2],
               "abbcaf\xc3\xa9"
               "123456789",
               17) == 0);
  CHECK(((const double *)array.children[2]->children[0]->buffers[1])[9] == 9);
  CHECK(*(const uint8_t *)array.children[3]->buffers[1] == 0x15);
  CHECK_OK(rf_file_free(file, &rows_err), rows_err); /* arrays and schemas do not refer to it */
  CHECK(walk_array(&schema, &array, 5));
  array.release(&array);
  schema.release(&schema);
  CHECK(array.release == NULL && schema.release == NULL);
}

static void rows_and_columns(void) {
  rf_file *file = make_file();
  struct ArrowArrayStream stream;
  struct ArrowSchema schema;
  struct ArrowArray array;
  uint64_t indices[] = {4, 0, 4};
  const size_t columns[] = {1, 0};
  const rf_rows rows = {.count = 3, .indices = indices};
  rf_arrow_request request = {.size = sizeof request,
                              .rows = &rows,
                              .columns = columns,
                              .ncolumns = 2,
                              .batch_rows = 2,
                              .strings = RF_ARROW_BINARY,
                              .finish = count_finish,
                              .user = &finished};
  finished = 0;
  CHECK_OK(rf_arrow_open_stream(file, 1, &request, &stream, &rows_err), rows_err);
  indices[0] = 1; /* the stream has copied the list */
  CHECK(stream.get_schema(&stream, &schema) == 0);
  CHECK_STR(schema.children[0]->format, "z");
  CHECK(stream.get_next(&stream, &array) == 0 && walk_array(&schema, &array, 2));
  CHECK(((const int32_t *)array.children[1]->buffers[1])[0] == 5);
  array.release(&array);
  CHECK(stream.get_next(&stream, &array) == 0 && walk_array(&schema, &array, 1));
  array.release(&array);
  CHECK(stream.get_next(&stream, &array) == 0 && array.release == NULL);
  CHECK(stream.get_next(&stream, &array) == 0 && array.release == NULL);
  CHECK(stream.get_last_error(&stream) == NULL && rf_arrow_get_error(&stream, &rows_err) == RF_OK);
  CHECK(finished == 0);
  schema.release(&schema);
  stream.release(&stream);
  CHECK(finished == 1 && stream.release == NULL);
  CHECK(rf_arrow_get_error(&stream, &rows_err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_file_free(file, &rows_err), rows_err);
}

static void *release_elsewhere(void *of) {
  struct ArrowArrayStream *stream = of;
  stream->release(stream);
  return NULL;
}

static void streams_outlive_their_file(void) {
  rf_file *file = make_file();
  struct ArrowArrayStream stream;
  struct ArrowArray array;
  pthread_t thread;
  const rf_arrow_request request = {.size = sizeof request, .batch_rows = 2, .finish = count_finish, .user = &finished};
  finished = 0;
  CHECK_OK(rf_arrow_open_stream(file, 1, &request, &stream, &rows_err), rows_err);
  CHECK(stream.get_next(&stream, &array) == 0);
  CHECK_OK(rf_file_free(file, &rows_err), rows_err);
  struct ArrowArray child = *array.children[1]; /* moved out of its parent */
  array.children[1]->release = NULL;
  array.release(&array);
  CHECK(((const int32_t *)child.buffers[1])[2] == 3);
  child.release(&child);
  CHECK(stream.get_next(&stream, &array) != 0);
  CHECK(strstr(stream.get_last_error(&stream), "closed") != NULL);
  CHECK(rf_arrow_get_error(&stream, &rows_err) == RF_ERR_CLOSED);
  CHECK(finished == 0);
  CHECK(pthread_create(&thread, NULL, release_elsewhere, &stream) == 0);
  pthread_join(thread, NULL);
  CHECK(finished == 1 && stream.release == NULL);
}

static void wrong_requests(void) {
  rf_file *file = make_file();
  struct ArrowArrayStream stream = {.release = NULL};
  struct ArrowArray array;
  const size_t column = 9;
  const rf_rows rows = {.start = 3, .step = 1, .count = 3};
  rf_arrow_request request = {.size = sizeof request, .columns = &column, .ncolumns = 1};
  request.finish = count_finish;
  request.user = &finished;
  finished = 0;
  CHECK(rf_arrow_open_stream(file, 1, &request, &stream, &rows_err) == RF_ERR_RANGE);
  CHECK(strstr(rows_err.message, "[1]: ") != NULL);
  request.columns = NULL;
  request.rows = &rows;
  CHECK(rf_arrow_open_stream(file, 1, &request, &stream, &rows_err) == RF_ERR_RANGE);
  CHECK(rf_arrow_read(file, 1, &request, &array, &rows_err) == RF_ERR_RANGE);
  request.rows = NULL;
  request.nulls = (rf_arrow_nulls)7;
  CHECK(rf_arrow_open_stream(file, 1, &request, &stream, &rows_err) == RF_ERR_ARGUMENT);
  request.nulls = RF_ARROW_NULLS_TNULL;
  request.size = 4;
  CHECK(rf_arrow_open_stream(file, 1, &request, &stream, &rows_err) == RF_ERR_ARGUMENT);
  request.size = sizeof request;
  CHECK(rf_arrow_open_stream(file, 0, &request, &stream, &rows_err) == RF_ERR_TYPE);
  CHECK(rf_arrow_open_stream(file, 7, &request, &stream, &rows_err) == RF_ERR_NOT_FOUND);
  CHECK(stream.release == NULL && finished == 0);
  CHECK_OK(rf_file_free(file, &rows_err), rows_err);
}

/* ---- requested types ---- */

static void keep_schema(struct ArrowSchema *schema) {
  (void)schema; /* the tests own what schemas point at */
}

static struct ArrowSchema leaf(const char *name, const char *format) {
  return (struct ArrowSchema){.format = format, .name = name, .release = keep_schema};
}

static void requested_types(void) {
  rf_file *file = make_file();
  struct ArrowSchema item = leaf("item", "g"), schema, name = leaf("name", "U"), id = leaf("id", "g");
  struct ArrowSchema *items[] = {&item}, *fields[] = {&name, &id, &item}, vec = leaf("vec", "+w:2");
  struct ArrowArray array;
  vec.children = items;
  vec.n_children = 1;
  fields[2] = &vec;
  struct ArrowSchema types = {
      .format = "+s", .n_children = 3, .children = fields, .release = keep_schema}; /* another order, and no "flag" */
  const rf_arrow_request request = {.size = sizeof request, .types = &types};
  CHECK_OK(rf_arrow_get_schema(file, 1, &request, &schema, &rows_err), rows_err);
  CHECK_OK(rf_arrow_read(file, 1, &request, &array, &rows_err), rows_err);
  CHECK(walk_array(&schema, &array, 5));
  CHECK_STR(schema.children[0]->format, "g");
  CHECK_STR(schema.children[1]->format, "U");
  CHECK_STR(schema.children[2]->children[0]->format, "g");
  CHECK_STR(schema.children[3]->format, "b");
  CHECK(array.children[0]->null_count == 1 && *(const uint8_t *)array.children[0]->buffers[0] == 0x1B);
  CHECK(((const double *)array.children[0]->buffers[1])[4] == 5);
  CHECK(((const int64_t *)array.children[1]->buffers[1])[5] == 17);
  array.release(&array);
  schema.release(&schema);
  /* Without nulls, TNULL is a value. */
  const rf_arrow_request values = {.size = sizeof values, .types = &types, .nulls = RF_ARROW_NULLS_NONE};
  CHECK_OK(rf_arrow_read(file, 1, &values, &array, &rows_err), rows_err);
  CHECK(array.children[0]->null_count == 0 && ((const double *)array.children[0]->buffers[1])[2] == 3);
  array.release(&array);
  /* Programs of before have a request without types. */
  rf_arrow_request before = {.size = offsetof(rf_arrow_request, types), .types = &types};
  CHECK_OK(rf_arrow_get_schema(file, 1, &before, &schema, &rows_err), rows_err);
  CHECK_STR(schema.children[0]->format, "i");
  schema.release(&schema);
  CHECK_OK(rf_file_free(file, &rows_err), rows_err);
}

static void invalid_types(void) {
  rf_file *file = make_file();
  struct ArrowSchema schema = {.release = NULL}, field, types, *fields[] = {&field}, *cycle[] = {&field};
  struct ArrowArrayStream stream = {.release = NULL};
  const rf_arrow_request request = {.size = sizeof request, .types = &types};
  for (int wrong = 0; wrong < 11; wrong++) {
    field = leaf("vec", "+w:2");
    field.n_children = 1;
    field.children = cycle;
    types = leaf(NULL, "+s");
    types.n_children = 1;
    types.children = fields;
    cycle[0] = &field;
    fields[0] = &field;
    int refused = 1;
    switch (wrong) {
    case 0:
      types.release = NULL;
      break;
    case 1:
      types.format = NULL;
      break;
    case 2:
      types.n_children = -1;
      break;
    case 3:
      types.children = NULL;
      break;
    case 4:
      fields[0] = NULL;
      break;
    case 5:
      field.release = NULL;
      break;
    case 6:
      field.format = NULL;
      break;
    case 7:
      field.n_children = 0;
      break;
    case 8:
      cycle[0] = NULL;
      break;
    case 9:
      field = leaf("id", "l"), field.n_children = 1;
      break;
    default:
      refused = 0; /* it contains itself: another type than that of the column */
    }
    rf_status status = rf_arrow_get_schema(file, 1, &request, &schema, &rows_err);
    CHECK(status == (refused ? RF_ERR_ARGUMENT : RF_OK));
    if (status == RF_OK)
      schema.release(&schema);
    CHECK(schema.release == NULL);
    if (refused)
      CHECK(rf_arrow_open_stream(file, 1, &request, &stream, &rows_err) == RF_ERR_ARGUMENT && stream.release == NULL);
  }
  CHECK_OK(rf_file_free(file, &rows_err), rows_err);
}

/* ---- memory that cannot be had ---- */

static struct {
  long until;  /* allocations to grant before one fails; negative: all */
  long blocks; /* alive */
} heap;

static void *counted_realloc(void *user, void *block, size_t size) {
  (void)user;
  if (heap.until == 0) {
    heap.until = -1;
    return NULL;
  }
  heap.until -= heap.until > 0;
  void *moved = realloc(block, size);
  heap.blocks += moved != NULL && block == NULL;
  return moved;
}

static void counted_free(void *user, void *block) {
  (void)user;
  heap.blocks -= block != NULL;
  free(block);
}

/* Returns whether all of it worked. */
static int read_all(rf_file *file) {
  struct ArrowArrayStream stream;
  struct ArrowSchema schema;
  struct ArrowArray array;
  rf_error err;
  int code;
  if (rf_arrow_open_stream(file, 1, NULL, &stream, &err) != RF_OK) {
    CHECK(err.code == RF_ERR_MEMORY);
    return 0;
  }
  code = stream.get_schema(&stream, &schema);
  if (code == 0) {
    code = stream.get_next(&stream, &array);
    if (code == 0) {
      CHECK(walk_array(&schema, &array, 5));
      array.release(&array);
    }
    schema.release(&schema);
  }
  CHECK(code == 0 || rf_arrow_get_error(&stream, &err) == RF_ERR_MEMORY);
  stream.release(&stream);
  return code == 0;
}

static void each_allocation_fails(void) {
  static const rf_allocator counted = {counted_realloc, counted_free, NULL};
  heap.until = -1;
  rf_allocator_set(&counted);
  rf_file *file = make_file();
  CHECK(read_all(file));
  for (long n = 0, done = 0; !done; n++) {
    long before = heap.blocks;
    heap.until = n;
    done = read_all(file);
    heap.until = -1;
    CHECK(heap.blocks == before);
  }
  CHECK_OK(rf_file_free(file, &rows_err), rows_err);
  rf_allocator_set(NULL);
}

int main(void) {
  RUN(types_and_cells);
  RUN(rows_and_columns);
  RUN(streams_outlive_their_file);
  RUN(wrong_requests);
  RUN(requested_types);
  RUN(invalid_types);
  RUN(each_allocation_fails);
  return check_report();
}
