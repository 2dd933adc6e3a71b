import fs from 'node:fs';

/** What loads node says which C library it runs on; its name stands near the file's beginning. */
const LOOKED_AT_BYTES = 4096;

/** A report takes 10 ms; it need not name the peers of open sockets. */
function reportsGlibc(): boolean {
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean };
  const before = report.excludeNetwork ?? false;
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
  report.excludeNetwork = before;
  return Boolean(header?.glibcVersionRuntime);
}

/** The beginning of `file`; empty where it cannot be read. */
function beginningOf(file: string): string {
  const bytes = Buffer.alloc(LOOKED_AT_BYTES);
  try {
    const opened = fs.openSync(file, 'r');
    try {
      return bytes.toString('latin1', 0, fs.readSync(opened, bytes));
    } finally {
      fs.closeSync(opened);
    }
  } catch {
    return '';
  }
}

/** Whether the executable `file` runs on glibc, by the loader that it names. */
export function runsOnGlibc(file: string): boolean {
  const loader = /\/ld-(linux|musl)[-.\w]*\.so/.exec(beginningOf(file));
  return loader ? loader[1] === 'linux' : reportsGlibc();
}

let name: string | undefined;

/** `linux-x64-glibc`, `darwin-arm64`: what a prebuilt binary's folder is called. */
export function platformName(): string {
  if (name) return name;
  const bare = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') name = bare;
  else name = `${bare}-${runsOnGlibc(process.execPath) ? 'glibc' : 'musl'}`;
  return name;
}
