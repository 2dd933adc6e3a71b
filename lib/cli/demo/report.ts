import type { OutputOf } from '../../base/output-of';
import type { cleanRun, demoPlan, demoResult, demoRow } from '../../reports/documents/demo';
import type { ReportHead } from '../../reports/head';
import type { Drawing } from '../../story/finding';
import type { StoryFault } from '../../story/story';
import type { PatchNo, PatchSlug } from '../../tables/tables';

/** What became of leaving one patch out. */
export type DemoRow = OutputOf<typeof demoRow>;
/** How a fault comes about: two CPUs at the wrong moment, a broken rule, or merely in order. */
export type How = DemoRow['how'];

/** The diagram that stands above the table. */
export interface Headline {
  patch: PatchNo;
  slug: PatchSlug;
  scene: Drawing & { fault: StoryFault };
}

/** A run with every patch in. */
export type CleanRun = OutputOf<typeof cleanRun>;

/** Of its verdict `unfinished`: stopped, or a race did not show in its time. */
export interface DemoReport extends ReportHead<'demo'>, OutputOf<typeof demoResult> {
  plan: OutputOf<typeof demoPlan>;
}
