/* SPDX-License-Identifier: MIT */
/* One shared_ptr is copied while it is replaced: its count is safe, the pointer is not. */
#include <memory>
#include <thread>

static std::shared_ptr<int> current = std::make_shared<int>(1);

static void replace()
{
	current = std::make_shared<int>(2); /* expect: data-race, use-after-free, double-free */
}

static void read()
{
#ifdef FIXED
	std::shared_ptr<int> mine = std::make_shared<int>(1);
#else
	std::shared_ptr<int> mine = current; /* expect: data-race */
#endif

	if (*mine > 2) /* expect: data-race, use-after-free */
		throw *mine;
} /* expect: data-race, use-after-free, double-free */

int main()
{
	std::thread reader(read);
	std::thread writer(replace);

	reader.join();
	writer.join();
}
