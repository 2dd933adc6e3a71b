/* SPDX-License-Identifier: MIT */
/* What is made by call_once() is there for all; a flag beside it is not. */
#include <mutex>
#include <thread>

static std::once_flag once;
static int value;
static bool made;

static void make()
{
	value = 7;   /* expect: data-race */
	made = true; /* expect: data-race */
}

static int get()
{
#ifdef FIXED
	std::call_once(once, make);
#else
	if (!made) /* expect: data-race */
		std::call_once(once, make);
#endif
	return value; /* expect: data-race */
}

int main()
{
	std::thread one(get), two(get);

	one.join();
	two.join();
}
