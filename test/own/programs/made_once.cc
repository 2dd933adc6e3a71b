/* SPDX-License-Identifier: MIT */
/* A static that is made by hand, beside one that the language makes. */
#include <thread>

struct table {
	int rows[2];

	table()
	{
		rows[0] = 1; /* expect: data-race */
		rows[1] = 2; /* expect: data-race */
	}
};

static table &get()
{
#ifdef FIXED
	static table only;

	return only;
#else
	static table *only;

	if (!only)		  /* expect: data-race */
		only = new table; /* expect: data-race */
	return *only;		  /* expect: data-race */
#endif
}

static void use()
{
	if (get().rows[0] != 1) /* expect: data-race */
		throw 1;
}

int main()
{
	std::thread one(use), two(use);

	one.join();
	two.join();
}
