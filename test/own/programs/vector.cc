/* SPDX-License-Identifier: MIT */
/* A vector grows while another thread walks over it. */
#include <mutex>
#include <thread>
#include <vector>

static std::mutex lock;
static std::vector<int> numbers = {1, 2};

static int walk()
{
	std::unique_lock<std::mutex> guard(lock);
	int &first = numbers.front();

#ifndef FIXED
	guard.unlock();
#endif
	return first; /* expect: use-after-free, data-race */
}

int main()
{
	std::thread walker(walk);

	{
		std::lock_guard<std::mutex> guard(lock);
		numbers.push_back(3); /* expect: data-race */
	}
	walker.join();
}
