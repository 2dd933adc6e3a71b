// SPDX-License-Identifier: MIT
// The programs of rmw.c and find.c for Relacy (Debian's relacy-dev): relacy rmw|find EXECUTIONS.
// Prints nanoseconds an execution, by the clock that ours are measured with.
#include <relacy/relacy.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

struct rmw : rl::test_suite<rmw, 3> {
	rl::atomic<int> sum;

	void before()
	{
		sum($) = 0;
	}
	void thread(unsigned)
	{
		for (int i = 0; i < 10; i++)
			sum($).fetch_add(1);
	}
};

struct object {
	rl::atomic<int> holders, freeing, disk;
};

struct find : rl::test_suite<find, 3> {
	rl::atomic<object *> table;
	rl::mutex lock;
	object *first;

	void before()
	{
		first = new object;
		first->holders($) = 1;
		first->freeing($) = 0;
		first->disk($) = 7;
		table($) = first;
	}
	bool dec_and_lock(rl::atomic<int> &count)
	{
		int old = count($).load();

		while (old != 1)
			if (count($).compare_exchange_strong(old, old - 1))
				return false;
		lock.lock($);
		if (count($).fetch_sub(1) == 1)
			return true;
		lock.unlock($);
		return false;
	}
	void put(object *object)
	{
		if (!dec_and_lock(object->holders))
			return;
		object->freeing($) = 1;
		table($) = nullptr;
		lock.unlock($);
		delete object;
	}
	object *look()
	{
		object *found;

		lock.lock($);
		found = table($).load();
		if (found && found->freeing($).load())
			found = nullptr;
		if (found)
			found->holders($).fetch_add(1);
		lock.unlock($);
		return found;
	}
	void thread(unsigned number)
	{
		if (number == 2) {
			put(first);
			return;
		}
		object *found = look();
		if (found) {
			RL_ASSERT(found->disk($).load() == 7);
			put(found);
		}
	}
};

template <typename Suite> static bool run(unsigned long executions)
{
	rl::test_params params;

	params.iteration_count = executions;
	params.search_type = rl::random_scheduler_type;
	params.progress_output_period = 0x7fffffff;
	return rl::simulate<Suite>(params);
}

int main(int argc, char **argv)
{
	unsigned long executions = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0;
	struct timespec from, to;
	bool fine;

	if (!executions)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &from);
	fine = !std::strcmp(argv[1], "rmw") ? run<rmw>(executions) : run<find>(executions);
	clock_gettime(CLOCK_MONOTONIC, &to);
	std::fprintf(stderr, "%.3f\n",
		     ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) /
			     (double)executions);
	return fine ? 0 : 1;
}
