/* SPDX-License-Identifier: MIT */
/* Two threads use one shared_ptr: its count is safe, the pointer itself is not. */
#include <memory>
#include <thread>

static std::shared_ptr<int> current = std::make_shared<int>(1);

static void replace()
{
	current = std::make_shared<int>(2); /* expect: data-race */
}

static void read(std::shared_ptr<int> mine)
{
#ifdef FIXED
	if (*mine != 1)
		throw *mine;
#else
	mine = current; /* expect: data-race */
#endif
}

int main()
{
	std::thread reader(read, current);
	std::thread writer(replace);

	reader.join();
	writer.join();
}
