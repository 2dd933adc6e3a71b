import { describe, expect, test } from '@jest/globals';
import { explore, type ProgramReport, program } from '../../../lib/index';
import { allocationsIn, readPointed } from '../../../lib/own/allocation';
import { COMPILERS, workshop } from './building';

const { write } = workshop();

/** A thread that does `body` while main() has done `before`, and waits for it. */
const withThread = (head: string, before: string, body: string): string => `#include <pthread.h>
#include <stdlib.h>
${head}
static void *work(void *unused)
{
  ${body}
  return unused;
}
int main(void)
{
  pthread_t t;
  ${before}
  pthread_create(&t, 0, work, 0);
  ${body}
  pthread_join(t, 0);
  return 0;
}
`;

const NODE = `struct node { struct node *next; int value; };
typedef struct { int lock; struct node *head; int counts[4]; } queue_t;
struct tail { int length; short data[]; };
static struct node *node; static queue_t *queue; static struct tail *tail; static int *numbers;
static struct node **table; static struct { int a, b; } *plain; static void *raw;`;

async function racing(cc: string, name: string, text: string): Promise<ProgramReport> {
  return explore(program(write(name, text), { cc }), { strategy: 'dpor', allFaults: true });
}

const variablesOf = ({ faults }: ProgramReport): (string | null | undefined)[] =>
  faults.map(({ variable }) => variable);

describe.each(COMPILERS)('names of what the heap has, by %s', (cc) => {
  test.each([
    ['node = malloc(sizeof(struct node));', 'node->value = 1;', 'node#1.value'],
    ['node = malloc(sizeof *node);', 'node->next = 0;', 'node#1.next'],
    ['node = malloc(sizeof(*node));', 'node->value = 1;', 'node#1.value'],
    ['node = malloc(16);', 'node->value = 1;', 'node#1.value'],
    ['node =\n    malloc(16);', 'node->value = 1;', 'node#1.value'],
    ['queue = calloc(1, sizeof(queue_t));', 'queue->counts[2] = 1;', 'queue_t#1.counts[2]'],
    ['queue = calloc(1,\n    sizeof *queue);', 'queue->counts[2] = 1;', 'queue_t#1.counts[2]'],
    ['queue = calloc(2, sizeof(queue_t));', 'queue[1].lock = 1;', 'queue_t#1[1].lock'],
    ['numbers = malloc(3 * sizeof(int));', 'numbers[2] = 1;', 'int#1[2]'],
    ['numbers = malloc(sizeof(int));', 'numbers[0] = 1;', 'int#1'],
    ['table = malloc(4 * sizeof *table);', 'table[3] = 0;', 'block 1[3]'],
    ['plain = malloc(sizeof *plain);', 'plain->b = 1;', 'block 1.b'],
    ['tail = malloc(sizeof *tail + 8);', 'tail->data[3] = 1;', 'tail#1.data[3]'],
    ['tail = calloc(1, sizeof *tail + 8);', 'tail->data[3] = 1;', 'tail#1.data[3]'],
    ['tail = calloc(2, sizeof *tail + 8);', 'tail->data[3] = 1;', 'block 1 + 10'],
    [
      'queue = malloc(sizeof *queue); queue->head = malloc(sizeof *queue->head);',
      'queue->head->value = 1;',
      'node#2.value',
    ],
  ])('%s', async (before, body, name) => {
    const report = await racing(cc, 'named.c', withThread(NODE, before, body));
    expect(new Set(variablesOf(report))).toEqual(new Set([name]));
  });

  test.each([
    ['a size alone', 'raw = malloc(24);', '((int *)raw)[2] = 1;', 'block 1 + 8'],
    [
      'another size than that of what it is assigned to',
      'node = malloc(40);',
      'node->value = 1;',
      'block 1 + 8',
    ],
    [
      'a line of two that fit',
      'node = malloc(sizeof *node); raw = malloc(sizeof(struct twin));',
      'node->value = 1;',
      'block 1 + 8',
    ],
  ])('%s says nothing of its members', async (_, before, body, name) => {
    const head = `${NODE}\nstruct twin { long a, b; };`;
    const report = await racing(cc, 'unnamed.c', withThread(head, before, body));
    expect(new Set(variablesOf(report))).toEqual(new Set([name]));
  });

  test('the variable is that of the innermost block', async () => {
    const before =
      'struct other *p = 0; (void)p; { struct node *p = malloc(sizeof *p); node = p; }';
    const head = `${NODE}\nstruct other { long x; int y; };`;
    const report = await racing(cc, 'shadowed.c', withThread(head, before, 'node->value = 1;'));
    expect(new Set(variablesOf(report))).toEqual(new Set(['node#1.value']));
  });

  test('the report names the member and the block', async () => {
    const text = withThread(NODE, 'node = malloc(sizeof *node);', 'node->value++;');
    const { faults } = await racing(cc, 'said.c', text);
    expect(faults[0]?.block).toMatch(
      /^byte 8 of block 1 \(node#1.value, 16 bytes, allocated at .*said.c:16\)$/,
    );
    expect(String(faults[0]?.trace)).toContain('[node#1.value');
  });
});

const CXX = `#include <memory>
#include <new>
#include <pthread.h>
#include <vector>
namespace list { struct Node { Node *next = nullptr; int value = 0; }; }
template <class T> struct Stack {
  struct Cell { Cell *below; T value; };
  Cell *top = nullptr;
  void push(T value) { top = new Cell{top, value}; }
};
struct Big { long a[3]; int b; ~Big() { b = 0; } };
template <class T> T *make() { return new T(); }
static list::Node *node; static Stack<int> stack; static Big *bigs; static int *numbers;
static std::unique_ptr<list::Node> owned; static std::vector<int> items;
static std::shared_ptr<list::Node> shared;
static std::vector<list::Node *> nodes; static list::Node one;
static void *work(void *unused) { BODY; return unused; }
int main()
{
  BEFORE;
  pthread_t t;
  pthread_create(&t, nullptr, work, nullptr);
  BODY;
  pthread_join(t, nullptr);
}
`;

describe.each(COMPILERS)('names of what new makes, by %s', (cc) => {
  test.each([
    ['node = new list::Node', 'node->value = 1', 'list::Node#1.value'],
    ['node = new (std::nothrow) list::Node{}', 'node->value = 1', 'list::Node#1.value'],
    ['node = make<list::Node>()', 'node->value = 1', 'list::Node#1.value'],
    ['owned = std::make_unique<list::Node>()', 'owned->value = 1', 'list::Node#1.value'],
    ['stack.push(4)', 'stack.top->value = 1', 'Stack<int>::Cell#1.value'],
    ['bigs = new Big[3]', 'bigs[1].b = 1', 'Big#1[1].b'],
    ['numbers = new int[3]', 'numbers[2] = 1', 'int#1[2]'],
    ['items.resize(3)', 'items[2] = 1', 'int#1[2]'],
    // The library puts its counts before it, in a type of its own.
    ['shared = std::make_shared<list::Node>()', 'shared->value = 1', 'block 1 + 24'],
    // Twice the room of a pointer, which is as much as a node takes.
    ['nodes.push_back(&one); nodes.push_back(new list::Node())', 'nodes[1] = &one', 'block 3[1]'],
  ])('%s', async (before, body, name) => {
    const text = CXX.replace('BEFORE', before).replaceAll('BODY', body);
    const report = await racing(cc, 'made.cpp', text);
    expect(variablesOf(report)).toContain(name);
  });
});

describe('what a statement allocates', () => {
  test.each([
    ['*list->head[i].next', { variable: 'list', steps: ['head', 'index', 'next'], stars: 1 }],
    ['p', { variable: 'p', steps: [], stars: 0 }],
  ])('%s is taken apart', (text, { variable, steps, stars }) => {
    const read = steps.map((step) => (step === 'index' ? step : { member: step }));
    expect(readPointed(text)).toEqual({ variable, steps: read, stars });
  });

  test.each(['f(x)', '(*p)->next', 'struct node *', '1'])('%s is not', (text) => {
    expect(readPointed(text)).toBeUndefined();
  });

  test.each([
    ['p = malloc(sizeof(struct head) + n * sizeof(struct part));', ['head']],
    ['p = malloc(sizeof(struct a)); q = malloc(sizeof(struct b));', ['a', 'b']],
    ['p = new Node<int>(3);', ['Node<int>']],
    ['p = new Node[n];', ['Node']],
    ['return malloc(size);', [undefined]],
    ['memcpy(p, q, sizeof(struct a));', []],
    ['p = malloc(16); memcpy(p, q, sizeof(struct a));', [undefined]],
  ])('%s', (text, types) => {
    expect(allocationsIn(text).map(({ type }) => type)).toEqual(types);
  });
});
