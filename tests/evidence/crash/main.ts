/**
 * Looks at every crash state and every fault, and tells how many there were.
 *
 * `--scenario=<name>` takes only those whose name has that in it, `--state=<n>`
 * shows only that violation of it, `--tears=<n>` tears files at so many
 * places, `--mutate` takes syncs and moves away to see that it is noticed.
 *
 * @module
 */
import { Explorer, scenarios, type Violation } from "./_explore.ts";
import { Injector } from "./_faults.ts";
import { MUTATIONS } from "./_mutations.ts";
import { Observer } from "./_observe.ts";

/** How many violations are shown. */
const SHOWN = 5;

const options = new Map(Deno.args.map((arg) => {
  const [name = "", value = ""] = arg.replace(/^--/, "").split(/=(.*)/s);
  return [name, value] as const;
}));
const wanted = options.get("scenario") ?? "";
const meant = (await scenarios()).filter(({ name }) => name.includes(wanted));
const isWell = options.has("mutate") ? await mutate() : await explore();
Deno.exit(isWell ? 0 : 1);

async function explore(): Promise<boolean> {
  let violations = 0;
  const onViolation = (violation: Violation) => {
    const state = options.get("state");
    if (state !== undefined && String(violation.state) !== state) return;
    if (violations++ < SHOWN) show(violation);
  };
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    onViolation({
      scenario: "-",
      state: 0,
      what: `unhandled: ${event.reason}`,
    });
  });
  const observer = await Observer.create();
  const tears = Number(options.get("tears") ?? 150);
  const explorer = new Explorer({ observer, tears, onViolation });
  for (const [at, scenario] of meant.entries()) {
    progress(`crashes ${at + 1}/${meant.length} ${scenario.name}`);
    await explorer.explore(scenario);
  }
  const openedByCrashes = observer.opened;
  const injector = new Injector({ observer, onViolation });
  for (const [at, scenario] of meant.entries()) {
    progress(`faults ${at + 1}/${meant.length} ${scenario.name}`);
    await injector.inject(scenario);
  }
  console.log(`scenarios                      ${meant.length}
crash states                   ${explorer.states}
  disks that differ, opened    ${openedByCrashes}
  processes run                ${explorer.followed}
faults, once and sticky        ${injector.faults}
  second faults                ${injector.secondFaults}
  power failures after them    ${injector.states}
disks that differ, all         ${observer.opened}
violations                     ${violations}`);
  return violations === 0;
}

async function mutate(): Promise<boolean> {
  let isWell = true;
  const observer = await Observer.create();
  for (const { name, redundant, change } of MUTATIONS) {
    let violations = 0;
    let example = "";
    const explorer = new Explorer({
      observer,
      tears: 0,
      change,
      onViolation: ({ scenario, what }) => {
        violations++;
        example ||= `${scenario}: ${what.split("\n")[0]}`;
      },
    });
    for (const scenario of meant) {
      progress(`${name}: ${scenario.name}`);
      await explorer.explore(scenario);
      if (violations > 0) break;
    }
    const isCaught = violations > 0;
    if (isCaught === (redundant !== undefined)) isWell = false;
    console.log(
      `${isCaught ? "caught   " : "unnoticed"} ${name}\n          ${
        isCaught ? example : redundant ?? "NOTHING NOTICES"
      }`,
    );
  }
  return isWell;
}

function show({ scenario, state, what }: Violation): void {
  console.error(`\n--scenario="${scenario}" --state=${state}\n${what}\n`);
}

function progress(text: string): void {
  console.error(text);
}
