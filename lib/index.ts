export { DeviceMapper, type DeviceMapperOptions } from './device-mapper';
export { parseDuration } from './duration';
export { errnoName } from './errno';
export { DmTortureError, type ErrorCode } from './errors';
export { compileFormula, type Formula } from './formula';
export { Idr } from './idr';
export { type Patches, type PatchSet, patches } from './patches';
export type { Mix, PlanReport, StressOptions } from './plan';
export {
  formatPrograms,
  type ProgramOp,
  type Programs,
  parsePrograms,
  type Race,
  type RaceOptions,
  race,
  type Script,
  type ScriptSource,
} from './program';
export type {
  Environment,
  FaultReport,
  FaultSummary,
  Grade,
  LatencyNs,
  OpReport,
  OutcomeReport,
  StressReport,
} from './report';
export { type Scenario, scenarios } from './scenarios';
export { type Progress, StressRun, stress } from './stress';
export {
  type ErrnoName,
  type ErrnoRow,
  type FaultKind,
  type FaultRow,
  type InvariantName,
  type InvariantRow,
  type NoteRow,
  type OpRow,
  type OpSlug,
  type ParamName,
  type ParamRow,
  type PatchNo,
  type PatchRow,
  type PatchSlug,
  type SetName,
  type SetRow,
  type Tables,
  tables,
} from './tables';
export type { PlanOptions } from './tables.gen';
export { version } from './version';
