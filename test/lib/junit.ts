import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An element of a parsed document. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

/** What the JUnit schema of Jenkins and of most build servers allows in an element. */
const SCHEMA: Record<string, { needs: string[]; may: string[]; holds: string[] }> = {
  testsuites: {
    needs: ['tests', 'failures'],
    may: ['name', 'errors', 'skipped', 'time'],
    holds: ['testsuite'],
  },
  testsuite: {
    needs: ['name', 'tests', 'failures', 'errors', 'skipped'],
    may: ['time', 'timestamp', 'hostname', 'id', 'package'],
    holds: ['properties', 'testcase', 'system-out', 'system-err'],
  },
  properties: { needs: [], may: [], holds: ['property'] },
  property: { needs: ['name', 'value'], may: [], holds: [] },
  testcase: {
    needs: ['name', 'classname'],
    may: ['time'],
    holds: ['failure', 'error', 'skipped', 'system-out', 'system-err'],
  },
  failure: { needs: ['message', 'type'], may: [], holds: [] },
  skipped: { needs: [], may: ['message'], holds: [] },
  'system-out': { needs: [], may: [], holds: [] },
};
const NUMBERS = ['tests', 'failures', 'errors', 'skipped', 'time'];

type Parsed = Record<string, unknown>[];

function toElements(parsed: Parsed): Element[] {
  return parsed.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@') ?? '';
    if (name === '#text' || name.startsWith('?')) return [];
    const inner = node[name] as Parsed;
    const text = inner.map((child) => String(child['#text'] ?? '')).join('');
    const attributes = (node[':@'] ?? {}) as Record<string, string>;
    return [{ name, attributes, children: toElements(inner), text }];
  });
}

/** Parse XML, strictly. */
export function parseXml(text: string): Element {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Error(`not XML: ${valid.err.msg} in line ${valid.err.line}`);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
  });
  const [root, ...others] = toElements(parser.parse(text));
  if (!root || others.length > 0) throw new Error('not one document');
  return root;
}

const all = (element: Element, name: string): Element[] => [
  ...(element.name === name ? [element] : []),
  ...element.children.flatMap((child) => all(child, name)),
];

/** Every element of that name. */
export const elements = all;

function wrongCounts(element: Element): string[] {
  const cases = all(element, 'testcase');
  const having = (name: string): number =>
    cases.filter(({ children }) => children.some((child) => child.name === name)).length;
  const counted: Record<string, number> = {
    tests: cases.length,
    failures: having('failure'),
    errors: having('error'),
    skipped: having('skipped'),
  };
  return Object.entries(counted)
    .filter(([name, count]) => Number(element.attributes[name] ?? count) !== count)
    .map(([name, count]) => `${element.name}: ${name} says not ${count}`);
}

/** What breaks the schema in a JUnit file: a line each, empty when all is well. */
export function wrongInJunit(element: Element): string[] {
  const rule = SCHEMA[element.name];
  if (!rule) return [`${element.name}: no such element`];
  const { name, attributes, children } = element;
  const given = Object.keys(attributes);
  return [
    ...rule.needs.filter((key) => !given.includes(key)).map((key) => `${name}: no ${key}`),
    ...given
      .filter((key) => !rule.needs.includes(key) && !rule.may.includes(key))
      .map((key) => `${name}: has ${key}`),
    ...given
      .filter((key) => NUMBERS.includes(key) && !/^\d+(\.\d+)?$/.test(attributes[key] ?? ''))
      .map((key) => `${name}: ${key} is not a number`),
    ...children
      .filter((child) => !rule.holds.includes(child.name))
      .map((child) => `${name}: holds ${child.name}`),
    ...(name.startsWith('testsuite') ? wrongCounts(element) : []),
    ...children.flatMap(wrongInJunit),
  ];
}
