import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type Inert, inert } from '../../base/sinks/inert';
import { version } from '../../base/version';
import { type LoadedBinary, loadBinary } from '../../native/load';
import { describeEnvironment, type Environment } from '../../reports/head';
import { stress } from '../../stress/stress';
import { type PatchSetReport, patches } from '../../tables/patches';
import { EXIT, type ExitCode } from '../exit';
import { readSeed } from '../options/rows';
import { renderTable } from '../terminal/table';
import type { Terminal } from '../terminal/terminal';
import { examineOwnCode, type OwnCodeReport, ownCodeRows } from './own';

/** What the tool found out about itself and its place. */
export interface DoctorReport {
  tool: 'dmtorture';
  version: string;
  kind: 'doctor';
  /** `unfinished`: something keeps the tool from doing its work. */
  verdict: 'clean' | 'unfinished';
  complete: true;
  plan: { seed: number; patches: PatchSetReport };
  environment: Environment;
  durationMs: number;
  napi: string;
  binary: { file: string; origin: 'prebuilt' | 'built' } | null;
  clockResolutionNs: number;
  /** Runtimes of the compiler, to be preloaded into node; null where the compiler has none. */
  sanitizers: { asan: string | null; ubsan: string | null; tsan: string | null };
  selfTest: { allClean: boolean; noneFaults: boolean } | null;
  /** What explores a user's own C here. */
  ownCode: OwnCodeReport;
  /** What is wrong. */
  problems: string[];
  /** What may surprise. */
  hints: string[];
}

const SELF_TEST_MS = 200;
/** A faulty storm faults within milliseconds; a busy machine gets its time. */
const NONE_MS_MAX = 2000;
const CLOCK_READS = 20_000;

export async function runDoctor(
  mode: { json: boolean; seed: string | undefined },
  terminal: Terminal,
): Promise<ExitCode> {
  const report = await examine(readSeed(mode.seed));
  terminal.print(
    mode.json ? `${JSON.stringify(report, null, 2)}\n` : doctorText(inert(report), terminal),
  );
  return report.verdict === 'clean' ? EXIT.clean : EXIT.failed;
}

async function examine(seed: number): Promise<DoctorReport> {
  const startMs = performance.now();
  const problems: string[] = [];
  const hints: string[] = [];
  const environment = describeEnvironment();
  const sanitizers = findSanitizers();
  const binary = findBinary(problems);
  const selfTest = binary ? await testItself(seed, problems) : null;
  const ownCode = await examineOwnCode(hints, problems);
  if (environment.cpus < 2) hints.push('one core: races need two, and show rarely here');
  if (sanitizers.tsan && wideRandomness())
    hints.push('ThreadSanitizer needs `setarch -R` on this kernel');
  return {
    tool: 'dmtorture',
    version,
    kind: 'doctor',
    verdict: problems.length === 0 ? 'clean' : 'unfinished',
    complete: true,
    plan: { seed, patches: patches.parse('all').toJSON() },
    environment,
    durationMs: performance.now() - startMs,
    napi: process.versions.napi ?? 'unknown',
    binary,
    clockResolutionNs: clockResolutionNs(),
    sanitizers,
    selfTest,
    ownCode,
    problems,
    hints,
  };
}

function findBinary(problems: string[]): DoctorReport['binary'] {
  let found: LoadedBinary;
  try {
    found = loadBinary('stress');
  } catch (error) {
    problems.push((error as Error).message);
    return null;
  }
  const origin = found.file.split(path.sep).includes('prebuilds') ? 'prebuilt' : 'built';
  return { file: found.file, origin };
}

async function testItself(seed: number, problems: string[]): Promise<DoctorReport['selfTest']> {
  const clean = await stress({ patches: 'all', duration: SELF_TEST_MS, seed }).result;
  const faulty = await stress({ patches: 'none', duration: NONE_MS_MAX, seed, stopOnFault: true })
    .result;
  const selfTest = { allClean: clean.verdict === 'clean', noneFaults: faulty.verdict === 'fault' };
  if (!selfTest.allClean) {
    const kinds = clean.faults.map(({ kind }) => kind).join(', ');
    problems.push(`self test: a storm with all patches faults: ${kinds}`);
  }
  if (!selfTest.noneFaults) problems.push('self test: a storm without patches shows no fault');
  return selfTest;
}

/** The smallest step that the clock was seen to make. */
function clockResolutionNs(): number {
  let smallest = Number.POSITIVE_INFINITY;
  let last = process.hrtime.bigint();
  for (let i = 0; i < CLOCK_READS; i += 1) {
    const now = process.hrtime.bigint();
    if (now > last) smallest = Math.min(smallest, Number(now - last));
    last = now;
  }
  return smallest;
}

function findSanitizers(): DoctorReport['sanitizers'] {
  return {
    asan: compilerFile('libasan.so'),
    ubsan: compilerFile('libubsan.so'),
    tsan: compilerFile('libtsan.so'),
  };
}

/** Where the C compiler keeps a file; it echoes the bare name of one it has not. */
function compilerFile(name: string): string | null {
  const { stdout, status } = spawnSync(process.env.CC ?? 'cc', [`-print-file-name=${name}`], {
    encoding: 'utf8',
    timeout: 5000,
  });
  const file = status === 0 ? stdout.trim() : '';
  return path.isAbsolute(file) && fs.existsSync(file) ? file : null;
}

function wideRandomness(): boolean {
  try {
    return Number(fs.readFileSync('/proc/sys/vm/mmap_rnd_bits', 'utf8')) > 28;
  } catch {
    return false;
  }
}

function selfTestText(selfTest: DoctorReport['selfTest']): string {
  if (!selfTest) return 'not run';
  const all = selfTest.allClean ? 'clean with all patches' : 'NOT clean with all patches';
  return `${all}, ${selfTest.noneFaults ? 'faulting without' : 'NOT faulting without'}`;
}

function doctorText(report: Inert<DoctorReport>, terminal: Terminal): string {
  const { out } = terminal;
  const { environment, binary, sanitizers, selfTest, ownCode } = report;
  const rows = [
    ['dmtorture', report.version],
    ['node', `${environment.node}, Node-API ${report.napi}`],
    ['system', `${environment.os} ${environment.arch}`],
    ['binary', binary ? `${binary.origin}: ${binary.file}` : 'none'],
    ['cores', String(environment.cpus)],
    ['clock', `steps of ${report.clockResolutionNs} ns`],
    ...Object.entries(sanitizers).map(([name, file]) => [
      name,
      file ? `LD_PRELOAD=${file}` : 'not found',
    ]),
    ['self test', selfTestText(selfTest)],
    ...ownCodeRows(ownCode),
    ['seed', String(report.plan.seed)],
  ];
  const columns = [
    { title: 'what', paint: out.bold },
    { title: 'found', wrap: true },
  ];
  const lines = [
    ...report.hints.map((hint) => `${out.yellow('hint')} ${hint}`),
    ...report.problems.map((problem) => `${out.red('problem')} ${problem}`),
    report.problems.length === 0 ? out.green('ready') : out.red('not ready'),
  ];
  const table = renderTable(columns, rows, { width: terminal.width(), heading: out.dim });
  return `${table}\n${lines.join('\n')}\n`;
}
