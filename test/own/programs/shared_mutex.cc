/* SPDX-License-Identifier: MIT */
/* Readers share the lock; one of them writes. */
#include <mutex>
#include <shared_mutex>
#include <thread>

static std::shared_mutex lock;
static int value, hits;

static int read()
{
	std::shared_lock<std::shared_mutex> guard(lock);

#ifndef FIXED
	hits++; /* expect: data-race */
#endif
	return value;
}

static void write()
{
	std::unique_lock<std::shared_mutex> guard(lock);

	value++;
	hits++;
}

int main()
{
	std::thread one(read), two(read), three(write);

	one.join();
	two.join();
	three.join();
}
