/*
 * What a statement says of the memory that it allocates. A call of malloc() has no type in debug
 * information: `sizeof(struct node)`, `sizeof *p`, `new Node` and what it is assigned to have one.
 */

/** To a member, or to an element. */
type Step = { member: string } | 'index';

/** An expression of a pointer: `*list->head[i]` is `list`, with an arrow, an index and a star. */
export interface Pointed {
  variable: string;
  /** From left to right. */
  steps: readonly Step[];
  /** Stars before it. */
  stars: number;
}

/** One allocation that a statement may make. */
export interface Allocation {
  /** The type, as it is written there: `node_t`, `struct node`; or what has it. */
  type: string | undefined;
  value: Pointed | undefined;
  /** `sizeof` says how much it takes, `new` does, or only what it is assigned to. */
  by: 'sizeof' | 'new' | 'assigned';
  /** Of several elements. */
  isArray: boolean;
  /** Something else comes behind it, as an array at the end of a structure. */
  hasMore: boolean;
}

const CHAIN = String.raw`[A-Za-z_]\w*(?:\s*(?:->|\.)\s*[A-Za-z_]\w*|\[[^\]]*\])*`;
const SIZEOF = new RegExp(String.raw`\bsizeof\s*(?:\(([^()]*)\)|(\**\s*${CHAIN}))`, 'g');
const TYPE = String.raw`(?:::)?[A-Za-z_]\w*(?:::\w+)*`;
const NEW = new RegExp(
  String.raw`\bnew\s*(?:\([^()]*\)\s*)?(${TYPE}(?:<[^;(){}]*>)?)\s*(\[)?`,
  'g',
);
const CALL = /\b(\w*(?:alloc|memalign|operator new|OPERATOR_NEW)\w*)\s*\(/g;
/** A call of nothing else, which may be cast. */
const ASSIGNED = new RegExp(
  String.raw`(\**\s*${CHAIN})\s*=\s*(?:\([^()]*\)\s*)?\w*alloc\w*\s*\([^()]*\)\s*;?$`,
);

/** `*p->q[0]`, taken apart; undefined: it is something else. */
export function readPointed(text: string): Pointed | undefined {
  const whole = new RegExp(String.raw`^\s*(\**)\s*(${CHAIN})\s*$`).exec(text);
  if (!whole) return undefined;
  const [, stars = '', chain = ''] = whole;
  const [variable = '', ...rest] = chain.match(/[A-Za-z_]\w*(?![^[]*\])|\[[^\]]*\]/g) ?? [];
  const steps = rest.map((part): Step => (part.startsWith('[') ? 'index' : { member: part }));
  return { variable, steps, stars: stars.length };
}

/** The name of a type, without what C has before it. */
function readType(text: string): string | undefined {
  const bare = text.replace(/\b(struct|union|class|enum|typename|const|volatile)\s+/g, '').trim();
  return /^(?:::)?[A-Za-z_][\w:]*(?:\s+\w+)*(?:<.*>)?$/.test(bare) ? bare : undefined;
}

const UNKNOWN: Allocation = {
  type: undefined,
  value: undefined,
  by: 'sizeof',
  isArray: false,
  hasMore: false,
};

function ofSizeof(args: string, match: RegExpMatchArray): Allocation {
  const operand = match[1] ?? match[2] ?? '';
  const before = args.slice(0, match.index);
  const after = args.slice((match.index ?? 0) + match[0].length);
  return {
    type: operand.startsWith('*') ? undefined : readType(operand),
    value: readPointed(operand),
    by: 'sizeof',
    isArray: /\*\s*$/.test(before) || /^\s*\*/.test(after),
    hasMore: /^\s*\+/.test(after) || /\+\s*$/.test(before),
  };
}

/** What `call(args)` takes; `sizeof(struct head) + n * sizeof(struct part)` is a head. */
function ofCall(name: string, args: string): Allocation {
  const [first] = [...args.matchAll(SIZEOF)].map((match) => ofSizeof(args, match));
  if (!first) return UNKNOWN;
  const counts = /calloc|array/.test(name);
  if (!first.hasMore) return { ...first, isArray: first.isArray || counts };
  // Of several such blocks in one, or of an array with something else, nobody knows where each begins.
  const isOne = !counts || /^\s*1\s*,|,\s*1\s*$/.test(args);
  return isOne && !first.isArray ? first : UNKNOWN;
}

/** The calls of what allocates, and what is in their parentheses. */
function callsIn(text: string): { name: string; args: string }[] {
  return [...text.matchAll(CALL)].map((match) => {
    const from = (match.index ?? 0) + match[0].length;
    let end = from;
    for (let open = 1; end < text.length && open > 0; end += 1)
      open += { '(': 1, ')': -1 }[text[end] ?? ''] ?? 0;
    return { name: match[1] ?? '', args: text.slice(from, end - 1) };
  });
}

/** What a statement may allocate: each call and each `new` has one. */
export function allocationsIn(text: string): Allocation[] {
  const made = [...text.matchAll(NEW)].map(
    ([, type, bracket]): Allocation => ({
      ...UNKNOWN,
      type,
      by: 'new',
      isArray: bracket !== undefined,
    }),
  );
  const calls = callsIn(text).map(({ name, args }) => ofCall(name, args));
  const [only, ...others] = [...calls, ...made];
  const assigned = ASSIGNED.exec(text)?.[1];
  const value = assigned === undefined ? undefined : readPointed(`*${assigned}`);
  if (only !== UNKNOWN || others.length > 0 || !value) return [...calls, ...made];
  return [{ ...UNKNOWN, value, by: 'assigned' }];
}
