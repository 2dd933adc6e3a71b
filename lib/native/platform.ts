/** Whether node runs on glibc; the report says so, and need not name the peers of open sockets. */
function hasGlibc(): boolean {
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean };
  const before = report.excludeNetwork ?? false;
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } };
  report.excludeNetwork = before;
  return Boolean(header?.glibcVersionRuntime);
}

/** `linux-x64-glibc`, `darwin-arm64`: what a prebuilt binary's folder is called. */
export function platformName(): string {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return name;
  return `${name}-${hasGlibc() ? 'glibc' : 'musl'}`;
}
