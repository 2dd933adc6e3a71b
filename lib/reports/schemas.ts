import type * as v from 'valibot';
import { bench } from './documents/bench';
import { bisect } from './documents/bisect';
import { demo } from './documents/demo';
import { explore } from './documents/explore';
import { history } from './documents/history';
import { matrix } from './documents/matrix';
import { oops } from './documents/oops';
import { replay } from './documents/replay';
import { rounds } from './documents/rounds';
import { run } from './documents/run';
import { stress } from './documents/stress';
import { bySubject } from './documents/subject';
import { verify } from './documents/verify';

/**
 * The JSON documents of the commands, as far as reports are made of them: files may come from
 * other machines, other versions and by hand, so everything that is read is checked here.
 */

/** The schema of each kind. */
export const schemas = {
  stress: bySubject(stress, rounds),
  explore,
  replay,
  matrix,
  demo,
  bench,
  verify,
  run,
  bisect,
  history,
  oops,
};

/** A report of {@link stress} on a program of the user's. */
export type RoundsDocument = v.InferOutput<typeof rounds>;
/** A report of {@link stress}, as its JSON has it. */
export type StressDocument = v.InferOutput<typeof stress>;
/** A report of {@link explore}, or of all scenarios. */
export type ExploreDocument = v.InferOutput<typeof explore>;
/** A report of {@link replay}. */
export type ReplayDocument = v.InferOutput<typeof replay>;
/** A report of {@link matrix}. */
export type MatrixDocument = v.InferOutput<typeof matrix>;
/** A report of `dmtorture demo`. */
export type DemoDocument = v.InferOutput<typeof demo>;
/** A report of `dmtorture bench`. */
export type BenchDocument = v.InferOutput<typeof bench>;
/** A report of {@link verify}. */
export type VerifyDocument = v.InferOutput<typeof verify>;
/** A report of {@link bisect}. */
export type BisectDocument = v.InferOutput<typeof bisect>;
/** A report of {@link runApp}. */
export type RunDocument = v.InferOutput<typeof run>;
/** A report of {@link history}. */
export type HistoryDocument = v.InferOutput<typeof history>;
/** A report of {@link oops}. */
export type OopsDocument = v.InferOutput<typeof oops>;
/** What reports are rendered from. */
export type ReportDocument = v.InferOutput<(typeof schemas)[keyof typeof schemas]>;

/** The document of each kind. */
export type DocumentOf<Kind extends ReportDocument['kind']> = Extract<
  ReportDocument,
  { kind: Kind }
>;
