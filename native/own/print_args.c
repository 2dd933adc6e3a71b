/* SPDX-License-Identifier: MIT */
/* What printf() reads of the program's memory: texts, as far as their conversions look at them. */
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "print_args.h"
#include "shadow.h"

/* One conversion of a format. */
struct conversion {
	int precision; /* -1: none */
	char length;   /* 'l', 'q' (two of them), 'L', 'z', ...; 0: none */
	char type;
};

/* A width or a precision: digits, or an argument. */
static const char *take_number(const char *at, va_list *values, int *number)
{
	if (*at == '*') {
		*number = va_arg(*values, int);
		return at + 1;
	}
	for (*number = 0; *at >= '0' && *at <= '9'; at++)
		*number = *number * 10 + (*at - '0');
	return at;
}

/* Read the conversion behind a '%' at @at. Returns what is behind it. */
static const char *take_conversion(const char *at, va_list *values, struct conversion *c)
{
	int width;

	*c = (struct conversion){.precision = -1};
	at += strspn(at, "-+ #0'I");
	at = take_number(at, values, &width);
	if (*at == '.')
		at = take_number(at + 1, values, &c->precision);
	for (; *at && strchr("hlLqjzt", *at); at++)
		c->length = c->length == 'l' && *at == 'l' ? 'q' : *at;
	c->type = *at;
	return *at ? at + 1 : at;
}

static void reads_text(const char *text, int precision, uintptr_t pc)
{
	size_t most = precision < 0 ? PTRDIFF_MAX : (size_t)precision;
	size_t length = text ? strnlen(text, most) : 0;

	if (text)
		own_plain((uintptr_t)text, (unsigned int)(length + (length < most)), OWN_READ, pc);
}

static void reads_wide(const wchar_t *text, int precision, uintptr_t pc)
{
	if (text && precision < 0)
		own_plain((uintptr_t)text, (unsigned int)((wcslen(text) + 1) * sizeof(*text)),
			  OWN_READ, pc);
}

/* Take the argument of @c. Returns false where it is not known what that is. */
static bool take_argument(const struct conversion *c, va_list *values, uintptr_t pc)
{
	switch (c->type) {
	case 's':
		if (c->length == 'l')
			reads_wide(va_arg(*values, const wchar_t *), c->precision, pc);
		else
			reads_text(va_arg(*values, const char *), c->precision, pc);
		return true;
	case 'a':
	case 'A':
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G':
		if (c->length == 'L')
			(void)va_arg(*values, long double);
		else
			(void)va_arg(*values, double);
		return true;
	case 'p':
	case 'n':
		(void)va_arg(*values, void *);
		return true;
	case 'c':
	case 'd':
	case 'i':
	case 'o':
	case 'u':
	case 'x':
	case 'X':
		if (c->length && c->length != 'h')
			(void)va_arg(*values, long); /* as wide as all of the others */
		else
			(void)va_arg(*values, int);
		return true;
	case '%':
	case 'm':
		return true;
	default: /* "%1$s", or what there is not */
		return false;
	}
}

void own_reads_arguments(const char *format, va_list values, uintptr_t pc)
{
	struct conversion c;
	va_list copy;

	reads_text(format, -1, pc);
	va_copy(copy, values);
	while ((format = strchr(format, '%'))) {
		format = take_conversion(format + 1, &copy, &c);
		if (!take_argument(&c, &copy, pc))
			break;
	}
	va_end(copy);
}
