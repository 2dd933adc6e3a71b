// SPDX-License-Identifier: MIT
// The destructor of a static object takes for granted that the thread which fills it has ended.
#include <atomic>
#include <cassert>
#include <thread>

struct journal {
	std::atomic<int> entries{0};
	~journal()
	{
		assert(entries == 2); // expect: check-failed
	}
};

static journal all;

static void fill()
{
	all.entries++;
	all.entries++;
}

int main()
{
	std::thread filler(fill);

#ifdef FIXED
	filler.join();
#else
	filler.detach();
#endif
	return 0;
}
