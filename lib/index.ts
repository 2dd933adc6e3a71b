export { assertRaceFree } from './assert-race-free';
export { type BenchEvents, BenchRun, bench } from './bench';
export type { BenchProgress } from './bench/meter';
export type { BenchOptions, BenchPlanReport, BenchScenario } from './bench/plan';
export type { BenchMachine, BenchReport, BenchValidated } from './bench/report';
export type {
  BenchCallRow,
  BenchExploreRow,
  BenchLockRow,
  BenchMinorRow,
  BenchRefcountRow,
  BenchRow,
  BenchRows,
  BenchSuite,
  Confidence,
  Interval,
} from './bench/rows';
export { DeviceMapper, type DeviceMapperOptions } from './device-mapper';
export { parseDuration } from './duration';
export { errnoName } from './errno';
export { DmTortureError, type ErrorCode } from './errors';
export { explore } from './explore';
export type { ExploreOptions, ExplorePlanReport, ExploreProgress } from './explore-plan';
export type { ExploredFault, ExploreReport, FaultCause } from './explore-report';
export type { Check, CheckCause, FinalDevice, FinalState } from './final';
export { formatTrace, type TraceOptions } from './format-trace';
export { compileFormula, type Formula, formulaInWords } from './formula';
export { Idr } from './idr';
export { type LatencyBucket, type LatencyNs, parseBuckets } from './latency';
export type { LimitName } from './limit';
export type { MatchOptions } from './matchers';
export {
  type Disagreement,
  type MatrixCell,
  type MatrixOptions,
  type MatrixPlanReport,
  type MatrixProgress,
  type MatrixReport,
  matrix,
} from './matrix';
export type { MatrixPatch, PatchEffect } from './matrix-patches';
export { type MergedReport, mergeReports, type ReportPart } from './merge';
export { NumberIdr } from './number-idr';
export type { EndedOutcome, Grade, OutcomeReport } from './outcomes';
export type { WithPlan } from './passed-on';
export { type Patches, PatchSet, type PatchSetReport, patches } from './patches';
export type { Mix, PlanReport, StressOptions } from './plan';
export {
  formatPrograms,
  type ProgramText,
  parsePrograms,
  type RaceOptions,
  race,
  type Script,
  type ScriptResult,
  type ScriptSource,
  type ScriptText,
} from './program';
export type { ProgramOp, Programs, Race } from './program/race';
export {
  benchPlots,
  type MarkdownOptions,
  type Picture,
  type Plot,
  type Reports,
  toHtml,
  toJunit,
  toMarkdown,
  toPictures,
} from './render';
export {
  type ReplayedFault,
  type ReplayOptions,
  type ReplayPlan,
  type ReplayReport,
  replay,
  type WithTicket,
} from './replay';
export type {
  FaultReport,
  FaultSummary,
  OpReport,
  StressReport,
} from './report';
export type { Environment, ReportHead, Verdict } from './report-head';
export { type Scenario, type ScenarioName, scenarios, type TargetText } from './scenarios';
export type { Shard, SplitOptions } from './shard';
export { type Progress, type StressEvents, StressRun, stress } from './stress';
export { type ExploreSweepReport, exploreAll, type SweptFault } from './sweep';
export {
  type BenchCell,
  type BenchListRow,
  type BenchParamName,
  type EndName,
  type EndRow,
  type ErrnoName,
  type ErrnoRow,
  type FaultKind,
  type FaultRow,
  type InvariantName,
  type InvariantRow,
  type LockName,
  type LockRow,
  type NoteRow,
  type OpRow,
  type OpSlug,
  type ParamName,
  type ParamRow,
  type PatchNo,
  type PatchRow,
  type PatchSlug,
  type PopulationRow,
  type SearchName,
  type SetName,
  type SetRow,
  type StrategyName,
  type StrategyRow,
  type Tables,
  tables,
} from './tables';
export type {
  BenchParams,
  PatchSelection,
  PatchText,
  PlanOptions,
  SearchOptions,
} from './tables.gen';
export { attachTickets, type TicketOptions } from './tickets';
export type { Trace, TraceStep } from './trace';
export { version } from './version';
