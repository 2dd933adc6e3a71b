import fs from 'node:fs';

/** What installs packages, by the names that systems have in `/etc/os-release`. */
const INSTALLERS: readonly [RegExp, string, Readonly<Record<string, string>>][] = [
  [/\b(debian|ubuntu)\b/, 'apt install', {}],
  [/\b(fedora|rhel|centos)\b/, 'dnf install', { 'g++': 'gcc-c++' }],
  [/\b(suse|opensuse)\b/, 'zypper install', { 'g++': 'gcc-c++' }],
  [/\barch\b/, 'pacman -S', { 'g++': 'gcc' }],
  [/\balpine\b/, 'apk add', {}],
];

function systemNames(): string {
  try {
    const text = fs.readFileSync('/etc/os-release', 'utf8');
    return [...text.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].map(([, names]) => names).join(' ');
  } catch {
    return '';
  }
}

/** How to get packages here: `apt install clang binutils`; elsewhere their names. */
export function installAdvice(packages: readonly string[], names = systemNames()): string {
  const found = INSTALLERS.find(([pattern]) => pattern.test(names));
  if (!found) return `install ${packages.join(' and ')}`;
  const [, command, others] = found;
  return `\`${command} ${packages.map((name) => others[name] ?? name).join(' ')}\``;
}
