/* SPDX-License-Identifier: MIT */
/* JSON, written to stdout as it comes; a line a document. */
#ifndef DMTORTURE_OWN_JSON_H
#define DMTORTURE_OWN_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * @name: of a member; NULL: of an element, or of the whole document. Commas come by themselves.
 */
void json_open(const char *name, char bracket);
/* Close what was opened last; where that is the document, the line is written. */
void json_close(void);
void json_text(const char *name, const char *text);
/* The same of @length bytes, which may hold zeroes and need not be UTF-8. */
void json_bytes(const char *name, const char *text, size_t length);
/*
 * A sentence that may name places of the program's code, each an offset between two OWN_PLACE: an
 * array of pieces, text or {"at": offset}.
 */
#define OWN_PLACE "\x1f"
void json_sentence(const char *name, const char *text);
void json_number(const char *name, uint64_t number);
void json_signed(const char *name, int64_t number);
void json_real(const char *name, double number);
void json_bool(const char *name, bool value);
void json_null(const char *name);
/* An offset, as hexadecimal digits; 0: null. */
void json_offset(const char *name, uint64_t offset);

#endif
