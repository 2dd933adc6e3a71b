export {
  type BenchAppOptions,
  type BenchAppReport,
  type BenchAppRow,
  benchApp,
} from './app/bench';
export type { RunAppOptions } from './app/plan';
export type { AppProcess, AppSite, LeftToLibc, RunAppPlan, RunAppReport } from './app/report';
export { runApp } from './app/run';
export { parseDuration } from './base/duration';
export { DmTortureError, type ErrorCode } from './base/errors';
export { version } from './base/version';
export { type BenchEvents, BenchRun, bench } from './bench/bench';
export type { BenchProgress } from './bench/meter';
export type { BenchLockFailure, BenchOwnLock } from './bench/own-locks';
export type { AnyLock, BenchOptions, BenchPlanReport, BenchScenario } from './bench/plan';
export type { BenchMachine, BenchReport, BenchValidated } from './bench/report';
export type {
  BenchCallRow,
  BenchExploreRow,
  BenchLock,
  BenchLockRow,
  BenchMinorRow,
  BenchRefcountRow,
  BenchRow,
  BenchRows,
  BenchRwlockRow,
  BenchSuite,
  Confidence,
  Interval,
  LockFileName,
} from './bench/rows';
export { DeviceMapper, type DeviceMapperOptions } from './direct/device-mapper';
export { Idr } from './direct/idr';
export { NumberIdr } from './direct/number-idr';
export { type BisectCell, type BisectReport, bisect } from './explore/bisect/bisect';
export type { BisectOptions, BisectPlanReport, BisectProgress } from './explore/bisect/plan';
export type { BisectChange, BisectTrial } from './explore/bisect/rows';
export { explore } from './explore/explore';
export { formatTrace, type TraceOptions } from './explore/format-trace';
export {
  type HistoryEntry,
  type HistoryPattern,
  type HistoryReport,
  history,
} from './explore/history';
export type {
  HistoryMatrix,
  HistoryMatrixScope,
  HistoryVariant,
} from './explore/history-matrix';
export type {
  HistoryOptions,
  HistoryPlanReport,
  HistoryProgress,
} from './explore/history-plan';
export {
  type Disagreement,
  type MatrixCell,
  type MatrixOptions,
  type MatrixPlanReport,
  type MatrixProgress,
  type MatrixReport,
  matrix,
} from './explore/matrix';
export type { ExploreOptions, ExplorePlanReport, ExploreProgress } from './explore/plan';
export {
  type ReplayedFault,
  type ReplayOptions,
  type ReplayPlan,
  type ReplayReport,
  replay,
  type WithTicket,
} from './explore/replay';
export type { LockReplayPlan, LockReplayReport } from './explore/replay-lock';
export type { ExploredFault, ExploreReport, FaultCause } from './explore/report';
export { type ExploreSweepReport, exploreAll, type SweptFault } from './explore/sweep';
export { assertRaceFree } from './matchers/assert-race-free';
export type { MatchOptions, ProgramMatchOptions } from './matchers/matchers';
export type { VerifyMatchOptions } from './matchers/verified';
export type { CodePlace, ProgramSource, SourceFile } from './own/built';
export type { ProgramFault, ReplayedProgramFault } from './own/faults';
export type { OutcomeOptions } from './own/outcomes';
export type { ExecutionOptions, ProgramExploreOptions, ProgramPlanReport } from './own/plan';
export { type Program, type ProgramOptions, program } from './own/program';
export type { ProgramReplayPlan, ProgramReplayReport } from './own/replay';
export type { ProgramReport } from './own/report';
export type { ProgramTicket } from './own/ticket';
export type { Check, CheckCause, FinalDevice, FinalState } from './programs/final';
export type { Grade } from './programs/grades';
export type { EndedOutcome, OutcomeReport } from './programs/outcomes';
export type { WithPlan } from './programs/passed-on';
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
} from './programs/program';
export type { ProgramOp, Programs, Race } from './programs/race';
export {
  historyScenarios,
  type Scenario,
  type ScenarioName,
  scenarios,
  type TargetText,
} from './programs/scenarios';
export type { DmSubject, LockSubject, OwnSubject, Subject } from './programs/subject';
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
} from './render/render';
export type { Environment, ReportHead, Verdict } from './reports/head';
export { type LatencyBucket, type LatencyNs, parseBuckets } from './reports/latency';
export type { MatrixPatch, PatchEffect } from './reports/matrix-patches';
export { type MergedReport, mergeReports, type ReportPart } from './reports/merge';
export type { Shard, SplitOptions } from './run/shard';
export type { Place, StepOf, Trace, TraceStep } from './story/trace';
export { oops } from './stress/oops/oops';
export type { OopsOptions, OopsPlanReport, OopsProgress, OopsTarget } from './stress/oops/plan';
export type { OopsReport } from './stress/oops/report';
export type { ProgramStressOptions, ProgramStressPlanReport } from './stress/own/plan';
export type {
  ProgramFaultReport,
  ProgramFaultSummary,
  ProgramStressReport,
} from './stress/own/report';
export {
  type ProgramStressEvents,
  type ProgramStressProgress,
  ProgramStressRun,
} from './stress/own/run';
export type { Mix, PlanReport, StressOptions } from './stress/plan';
export type {
  FaultReport,
  FaultSummary,
  OpReport,
  StressReport,
} from './stress/report';
export { type Progress, type StressEvents, StressRun, stress } from './stress/stress';
export { attachTickets, type TicketOptions } from './stress/tickets';
export { errnoName } from './tables/errno';
export { compileFormula, type Formula, formulaInWords } from './tables/formula';
export type { HistoryRow, PatternRow, PatternSlug, SetName, SetRow } from './tables/history-rows';
export type { LimitName } from './tables/limit';
export { type Patches, PatchSet, type PatchSetReport, patches } from './tables/patches';
export {
  type AccessRow,
  type AnyLockRow,
  type BenchCell,
  type BenchListRow,
  type BenchParamName,
  type BenchRwCell,
  type CallRow,
  type EndName,
  type EndRow,
  type ErrnoName,
  type ErrnoRow,
  type FaultKind,
  type FaultRow,
  type FieldRow,
  type InvariantName,
  type InvariantRow,
  type LockName,
  type LockRow,
  type MemoryName,
  type ModelRow,
  type NoteRow,
  type ObjectRow,
  type OpRow,
  type OpSlug,
  type ParamName,
  type ParamRow,
  type PatchNo,
  type PatchRow,
  type PatchSlug,
  type PopulationRow,
  type RefcountName,
  type RefcountRow,
  type RefcountSize,
  type RwlockName,
  type RwlockRow,
  type RwlockSize,
  type SearchName,
  type StrategyName,
  type StrategyRow,
  type Tables,
  tables,
} from './tables/tables';
export type {
  BenchParams,
  PatchSelection,
  PatchText,
  PlanOptions,
  SearchOptions,
} from './tables/tables.gen';
export type { VerifyOptions, VerifyPlanReport, VerifyProgress } from './verify/plan';
export type {
  Barrier,
  LockFault,
  LockVerification,
  RelaxedOrders,
  VerifyReport,
} from './verify/report';
export type { LockSize, SizeOptions, VerifyRefcountSize, VerifyRwlockSize } from './verify/sizes';
export { verify } from './verify/verify';
