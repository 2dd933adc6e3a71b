/**
 * Instructions by which a program touches memory, or asks for something, behind the explorer's back.
 * The compiler turns each atomic into a call when it marks accesses, so what is left of them comes
 * from inline assembly, from a builtin of the processor, or from a function that is not marked.
 */
interface Rule {
  /** Matches the instruction with its operands; the first group is what it is called. */
  pattern: RegExp;
  says: string;
}

const UNSEEN =
  'is inline assembly, or a builtin of the processor, that the explorer cannot see; use ' +
  '<stdatomic.h> or the `__atomic` builtins there, and a compare-exchange in a loop in the place ' +
  'of a minimum or a maximum';
const FENCE =
  'is a fence that the explorer cannot see: inline assembly, or a builtin of the processor; use ' +
  'atomic_thread_fence() there';
const KERNEL = 'asks the kernel behind the explorer; use the function of the C library there';
const CLOCK = 'reads a clock that differs from run to run; use clock_gettime() there';
const CHANCE = 'is random, and differs from run to run; use rand() with a fixed seed there';
const TLS =
  'reaches a thread-local variable without __tls_get_addr(), so all threads would share it; ' +
  'compile with gcc, without `-ftls-model` and `-mtls-dialect`';

/** With a memory operand, which the AT&T syntax puts into parentheses. */
const X86: readonly Rule[] = [
  { pattern: /^(?:[\w.]+ )*?(lock \w+)/, says: UNSEEN },
  { pattern: /^(xchg\w*|cmpxchg\w*|xadd\w*)\s.*\(/, says: UNSEEN },
  { pattern: /^(xbegin|xend|xabort)\b/, says: UNSEEN },
  { pattern: /^(mfence|lfence|sfence)\b/, says: FENCE },
  { pattern: /^(syscall|sysenter|int (?=\s*\$0x80))/, says: KERNEL },
  { pattern: /^(rdtscp?|rdpmc)\b/, says: CLOCK },
  { pattern: /^(rdrand|rdseed)\b/, says: CHANCE },
];

const ARM: readonly Rule[] = [
  { pattern: /^((?:ld|st)l?a?xr[bh]?|(?:ld|st)l?a?xp)\b/, says: UNSEEN },
  { pattern: /^(ldar[bh]?|ldapr[bh]?|stlr[bh]?)\b/, says: UNSEEN },
  { pattern: /^(casp?a?l?[bh]?|swpa?l?[bh]?)\b/, says: UNSEEN },
  { pattern: /^((?:ld|st)(?:add|clr|eor|set|smax|smin|umax|umin)a?l?[bh]?)\b/, says: UNSEEN },
  { pattern: /^(dmb|dsb)\b/, says: FENCE },
  { pattern: /^(svc)\b/, says: KERNEL },
  { pattern: /^(mrs)\s+\w+, cnt/, says: CLOCK },
  { pattern: /^(mrs)\s+\w+, rndr/, says: CHANCE },
  { pattern: /^(mrs)\s+\w+, tpidr_el0/, says: TLS },
];

/** What an instruction is called that the explorer cannot see, and what to do; undefined: fine. */
export function foreignInstruction(
  text: string,
  isArm: boolean,
): { name: string; says: string } | undefined {
  for (const { pattern, says } of isArm ? ARM : X86) {
    const name = pattern.exec(text)?.[1]?.trim();
    if (name !== undefined) return { name, says };
  }
  return undefined;
}

/** An instruction of a disassembly: where it is, and what. */
export interface Instruction {
  section: string;
  offset: string;
  text: string;
}

/** Reads the lines of `objdump -d --no-show-raw-insn`. */
export function disassemblyReader(onInstruction: (one: Instruction) => void) {
  let section = '';
  return (line: string): void => {
    section = /^Disassembly of section (.*):$/.exec(line)?.[1] ?? section;
    const [, offset, text] = /^ +([0-9a-f]+):\t(\S.*)$/.exec(line) ?? [];
    if (offset !== undefined && text !== undefined) onInstruction({ section, offset, text });
  };
}
