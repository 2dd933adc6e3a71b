import type { Environment } from '../../reports/head';
import type { Drawing } from '../../story/finding';
import type { StoryFault } from '../../story/story';
import type { PatchSetReport } from '../../tables/patches';
import type { FaultKind, PatchNo, PatchSlug } from '../../tables/tables';

/** How a fault comes about: two CPUs at the wrong moment, a broken rule, or merely in order. */
export type How = 'race' | 'always' | 'sequential';
/** What became of leaving one patch out. */
export interface DemoRow {
  patch: PatchNo;
  slug: PatchSlug;
  prevents: string;
  scenario: string;
  /** Null where none was seen in time. */
  fault: FaultKind | null;
  means: string | null;
  msToFirst: number | null;
  how: How;
  /** Replays such a fault; null where the explorer is not built. */
  ticket: string | null;
}

/** The diagram that stands above the table. */
export interface Headline {
  patch: PatchNo;
  slug: PatchSlug;
  scene: Drawing & { fault: StoryFault };
}

/** A run with every patch in. */
export interface CleanRun {
  scenario: string;
  ops: number;
  faults: FaultKind[];
}

export interface DemoReport {
  tool: 'dmtorture';
  version: string;
  kind: 'demo';
  /** `unfinished`: stopped, or a race did not show in its time. */
  verdict: 'clean' | 'fault' | 'unfinished';
  complete: boolean;
  plan: {
    seed: number;
    patches: PatchSetReport;
    faultMs: number;
    cleanMs: number;
    stormMs: number;
  };
  environment: Environment;
  durationMs: number;
  rows: DemoRow[];
  allClean: boolean;
  clean: CleanRun[];
}
