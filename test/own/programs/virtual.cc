/* SPDX-License-Identifier: MIT */
/* An object is used while it is made: its table of functions is not there yet. */
#include <atomic>
#include <memory>
#include <thread>

struct base {
	virtual ~base() = default;
	virtual int number() const
	{
		return 1;
	}
};

struct derived : base { /* expect: data-race */
	int number() const override
	{
		return 2;
	}
};

static std::atomic<base *> shared;

static void use()
{
	base *seen = shared.load(std::memory_order_acquire);

	if (seen && seen->number() != 2) /* expect: data-race */
		throw 1;
}

int main()
{
	std::thread user(use);
	auto made = std::make_unique<derived>(); /* expect: data-race */

#ifdef FIXED
	shared.store(made.get(), std::memory_order_release);
#else
	shared.store(made.get(), std::memory_order_relaxed);
#endif
	user.join();
}
