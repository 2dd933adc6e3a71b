import path from 'node:path';
import { expect, test } from '@jest/globals';
import { COMPILERS, workshop } from './building';
import { type Finished, search, TWO_THREADS } from './searching';

const shop = workshop();

test.each(COMPILERS)('a thread has its own thread-local memory and errno (%s)', async (cc) => {
  shop.write(
    'locals.c',
    `#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
static _Thread_local int mine = 7, zero;
static atomic_int shared;
static void *thread(void *number)
{
	errno = (int)(long)number;
	mine += (int)(long)number;
	atomic_fetch_add(&shared, 1);
	zero += mine;
	atomic_fetch_add(&shared, 1);
	assert(mine == 7 + (int)(long)number);
	assert(zero == mine);
	assert(errno == (int)(long)number);
	return 0;
}
${TWO_THREADS}`,
  );
  const found = search(
    await shop.build(path.join(shop.folder(), 'locals.c'), { cc }),
    '--strategy=dpor',
  );
  expect(found.faults).toEqual([]);
  expect(found.exhausted).toBe(true);
  expect(found.heaps[0]?.executions).toBe(6);
});

test('keys and their destructors, destructors of thread_local objects', async () => {
  const file = shop.write(
    'keys.cpp',
    `#include <pthread.h>
#include <atomic>
#include <cassert>
#include <thread>
static std::atomic<int> destroyed, freed;
struct Counted { int value = 0; ~Counted() { destroyed++; } };
static thread_local Counted counted;
static pthread_key_t key;
static void release(void *value) { freed += *static_cast<int *>(value); }
static void body(int number)
{
	static thread_local int kept;
	kept = number;
	counted.value += number;
	pthread_setspecific(key, &kept);
	destroyed.load();
	assert(counted.value == number);
	assert(*static_cast<int *>(pthread_getspecific(key)) == number);
}
int main()
{
	pthread_key_create(&key, release);
	std::thread one(body, 1), two(body, 2);
	one.join();
	two.join();
	assert(destroyed == 2);
	assert(freed == 3);
	assert(!pthread_getspecific(key));
}
`,
  );
  const found = search(await shop.build(file), '--strategy=dpor', '--heap=fresh');
  expect(found.faults).toEqual([]);
  expect(found.exhausted).toBe(true);
});

test.each(COMPILERS)('exceptions in flight are a thread’s own (%s)', async (cc) => {
  const file = shop.write(
    'throw.cpp',
    `#include <atomic>
#include <cassert>
#include <stdexcept>
#include <thread>
static std::atomic<int> shared;
struct Passed { ~Passed() { shared++; assert(std::uncaught_exceptions() == 1); } };
static void body(int number)
{
	try {
		Passed passed;
		throw std::runtime_error(number ? "one" : "two");
	} catch (std::exception &e) {
		shared++;
		try {
			throw number;
		} catch (int inner) {
			shared++;
			assert(inner == number);
		}
		assert(e.what()[0] == (number ? 'o' : 't'));
	}
	shared++;
	assert(!std::current_exception() && !std::uncaught_exceptions());
}
int main()
{
	std::thread one(body, 0), two(body, 1);
	one.join();
	two.join();
	assert(shared == 8);
}
`,
  );
  const found = search(await shop.build(file, { cc }), '--strategy=dpor', '--heap=fresh');
  expect(found.faults).toEqual([]);
  expect(found.exhausted).toBe(true);
});

test('pthread_exit() in C++ destroys the objects of all frames that it leaves', async () => {
  const file = shop.write(
    'leave.cpp',
    `#include <pthread.h>
#include <atomic>
#include <cassert>
#include <mutex>
#include <thread>
static std::mutex mutex;
static std::atomic<int> gone;
static int guarded;
struct Local { ~Local() { gone++; } };
static void deep(bool leaves)
{
	Local local;
	std::lock_guard<std::mutex> guard(mutex);
	guarded++;
	if (leaves)
		pthread_exit(&guarded);
}
static void *body(void *)
{
	Local local;
	deep(true);
	return nullptr;
}
int main()
{
	pthread_t one;
	void *result;
	pthread_create(&one, nullptr, body, nullptr);
	std::thread two([] { deep(false); deep(true); });
	pthread_join(one, &result);
	two.join();
	assert(result == &guarded && guarded == 3 && gone == 4);
}
`,
  );
  const found = search(await shop.build(file), '--strategy=dpor');
  expect(found.faults).toEqual([]);
  expect(found.exhausted).toBe(true);
});

test('references of a shared_ptr are counted by atomics', async () => {
  const file = shop.write(
    'shared.cpp',
    `#include <cassert>
#include <memory>
#include <thread>
static void body(std::shared_ptr<int> pointer)
{
	std::shared_ptr<int> another = pointer;
	pointer.reset();
	assert(*another == 5);
}
int main()
{
	auto pointer = std::make_shared<int>(5);
	std::thread one(body, pointer), two(body, pointer);
	pointer.reset();
	one.join();
	two.join();
}
`,
  );
  const found = search(await shop.build(file), '--strategy=random', '--executions=2000');
  expect(found.faults).toEqual([]);
});

const ENDS = `
static void *thread(void *number)
{
	atomic_store(&first, 1);
	atomic_store(&second, (int)(long)number);
	return 0;
}
static void end(void)
{
	record("first", atomic_load(&first));
	record("second", atomic_load(&second));
}
`;

test.each(['exit(3)', 'return 0', '_Exit(0)'])(
  'what comes before the end of the process is explored: %s',
  async (leave) => {
    const file = shop.write(
      'ends.c',
      `#include <dmtorture.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
static atomic_int first, second;
${ENDS}
int main(void)
{
	pthread_t one, two;
	atexit(end);
	pthread_create(&one, 0, thread, (void *)1);
	pthread_create(&two, 0, thread, (void *)2);
	${leave.startsWith('_') ? 'end();' : ''}
	if (atomic_load(&second) == 1)
		abort();
	${leave};
}
`,
    );
    const built = await shop.build(file);
    const all = ['--heap=fresh', '--all-faults', '--no-minimise'];
    const dfs = search(built, '--strategy=dfs', ...all);
    const dpor = search(built, '--strategy=dpor', ...all);
    const outcomes = (of: Finished) =>
      of.outcomes.map(({ results }) => JSON.stringify(results)).sort();
    expect(dfs.exhausted && dpor.exhausted).toBe(true);
    expect(dpor.faults.map(({ kind, at }) => [kind, at])).toEqual(
      dfs.faults.map(({ kind, at }) => [kind, at]),
    );
    expect(dpor.faults.map(({ kind }) => kind)).toEqual(['abort']);
    expect(outcomes(dpor)).toEqual(outcomes(dfs));
    expect(outcomes(dfs).length).toBeGreaterThan(3);
    expect(dpor.executions).toBeLessThan(dfs.executions);
  },
);

test('a thread goes on after the last step of main(), until main() has returned', async () => {
  const file = shop.write(
    'after.c',
    `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static atomic_int done;
static void *thread(void *number)
{
	assert(!atomic_load(&done));
	return number;
}
int main(void)
{
	pthread_t one;
	pthread_create(&one, 0, thread, 0);
	atomic_store(&done, 1);
	return 0;
}
`,
  );
  const built = await shop.build(file);
  for (const strategy of ['dfs', 'dpor']) {
    const { faults } = search(built, `--strategy=${strategy}`);
    expect(faults.map(({ kind, cpu }) => [kind, cpu])).toEqual([['check-failed', 1]]);
  }
});

test('threads begin threads, and more than there may be are refused', async () => {
  const file = shop.write(
    'children.c',
    `#include <pthread.h>
#include <stdatomic.h>
static atomic_int shared;
static void *child(void *number)
{
	atomic_fetch_add(&shared, 1);
	return number;
}
static void *thread(void *number)
{
	pthread_t mine;
	atomic_fetch_add(&shared, 1);
	pthread_create(&mine, 0, child, number);
	pthread_join(mine, 0);
	return number;
}
${TWO_THREADS}`,
  );
  const built = await shop.build(file);
  const dpor = search(built, '--strategy=dpor', '--heap=fresh');
  expect(dpor.exhausted).toBe(true);
  expect(dpor.threads).toBe(5);
  /* Two chains of two additions: six orders, and each is run once. */
  expect(dpor.heaps[0]).toMatchObject({ executions: 6, blocked: 0 });

  const many = shop.write(
    'many.c',
    `#include <pthread.h>
#include <stdatomic.h>
static atomic_int shared;
static void *thread(void *number)
{
	atomic_fetch_add(&shared, 1);
	return number;
}
int main(void)
{
	pthread_t one;
	for (int i = 0; i < COUNT; i++)
		pthread_create(&one, 0, thread, 0);
	pthread_join(one, 0);
	return 0;
}
`,
  );
  const fits = await shop.build(many, { flags: ['-DCOUNT=15'] });
  expect(search(fits, '--strategy=random', '--executions=10').threads).toBe(16);
  const built16 = await shop.build(many, { flags: ['-DCOUNT=16'] });
  expect(() => search(built16, '--strategy=random', '--executions=10')).toThrow(
    /begins more than 16 threads, main\(\) among them/,
  );
});

test('large data is put back, and small', async () => {
  for (const size of [100, 1 << 20]) {
    const file = shop.write(
      `data${size}.c`,
      `#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
static char data[${size}], filled[${size}] = {1};
static atomic_int shared;
static void *thread(void *number)
{
	int nth = atomic_fetch_add(&shared, 1);
	assert(data[nth] == 0);
	data[nth] = filled[${size} - 1 - nth] = 1;
	return number;
}
static void look(void)
{
	assert(!data[${size} - 1] && filled[0] == 1 && !filled[${size} - 1]);
	data[${size} - 1] = 1;
	filled[0] = 2;
}
${TWO_THREADS.replace('pthread_t one, two;', 'pthread_t one, two; look();')}`,
    );
    const found = search(await shop.build(file), '--strategy=dfs');
    expect(found.faults).toEqual([]);
    expect(found.exhausted).toBe(true);
  }
});
