/* SPDX-License-Identifier: MIT */
/* A result that is asked for once it is there, and one that is said to be there too early. */
#include <condition_variable>
#include <mutex>
#include <thread>

class promise
{
	std::mutex lock;
	std::condition_variable arrived;
	bool is_there = false;
	int value = 0;

      public:
	void set(int result)
	{
		{
			std::lock_guard<std::mutex> guard(lock);
#ifdef FIXED
			value = result;
#endif
			is_there = true;
		}
		arrived.notify_all();
#ifndef FIXED
		value = result; /* expect: data-race */
#endif
	}

	int get()
	{
		std::unique_lock<std::mutex> guard(lock);

		arrived.wait(guard, [this] { return is_there; });
		return value; /* expect: data-race */
	}
};

int main()
{
	promise answer;
	std::thread worker([&answer] { answer.set(42); });
	int got = answer.get();

	worker.join();
	return got != 42;
}
