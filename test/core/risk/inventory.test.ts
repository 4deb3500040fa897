/** An entry that calls its list complete lists every option that the manuals of its tools know. */
import { expect, it } from 'vitest';
import { allTables } from '../../../core/risk/catalogue.ts';
import { entriesOf, readInventory, report, unlooked } from '../../../scripts/option-inventory.ts';

const inventory = readInventory();
const complete = entriesOf(allTables()).filter((entry) => entry.rule.complete);

/** The shell's own commands have no page of their own; their options are those of bash's `help`. */
const builtins = ['wait', 'umask', 'ulimit'];

it('has an inventory for every entry that calls its list complete', () => {
  expect(complete.length).toBeGreaterThan(120);
  const unknown = complete.filter((entry) => !entry.pages.some((page) => inventory[page] !== undefined));
  expect(unknown.map((entry) => entry.name).filter((name) => !builtins.includes(name))).toEqual([]);
});

it('finds no option there that nobody looked at', () => {
  expect(
    complete.map((entry) => [entry.name, ...unlooked(entry, inventory)]).filter((left) => left.length > 1),
  ).toEqual([]);
  expect(report(inventory)[1]).toContain('nobody looked at: 0');
});

it('finds a planted option that no entry lists', () => {
  const planted = { ...inventory, sort: `${inventory.sort} --mail-to` };
  const entry = complete.find((one) => one.name === 'sort');
  expect(entry && unlooked(entry, planted)).toEqual(['--mail-to']);
});

it('lets only clients of web interfaces take what is not listed for parameters of a request', () => {
  const requests = allTables().flatMap((table) =>
    Object.entries(table)
      .filter(([, rule]) => rule.parameters)
      .map(([name]) => name),
  );
  expect(requests.sort()).toEqual(['aws', 'az', 'gcloud']);
});
