import { findingText, labelled, plainPen } from '../story/fault-text';
import { describeVerified } from '../story/finding';
import type { VerifyOptions } from '../verify/plan';
import { verify } from '../verify/verify';
import { callText } from './text';

/** How a lock is looked at. */
export interface VerifyMatchOptions extends VerifyOptions {
  /** Time limit: `'500ms'`, `'10s'`, or milliseconds. @default '4s', less than Jest gives a test */
  time?: number | string | undefined;
}

/** What came of a verification, and whether it says anything. */
export interface VerifiedAnswer {
  pass: boolean;
  conclusive: boolean;
  text: string;
}

/** Verify a lock for a matcher. */
export async function answerVerified(
  received: unknown,
  options: VerifyMatchOptions,
  time: string,
  context: { isNot?: boolean; asks?: string } | undefined,
): Promise<VerifiedAnswer> {
  const report = await verify(received as string, { time, ...options });
  const { faults, verdict, evidence, plan } = report;
  const call = callText(plan.locks.join(' '), 'toBeVerified', [options], context);
  const stories = faults.map((fault) => findingText(describeVerified(fault), plainPen).trimEnd());
  const end = verdict === 'unfinished' ? ['It did not come to its end: give it more `time`.'] : [];
  const text = [call, ...stories, labelled('evidence', evidence, plainPen), ...end].join('\n\n');
  return { pass: verdict === 'clean', conclusive: verdict !== 'unfinished', text };
}
