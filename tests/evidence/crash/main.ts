// Looks at every crash state and every fault, and tells how many there were.
import {
  flag,
  readArguments,
  refuse,
  text,
  wholeNumber,
} from "../../read_arguments.ts";
import { Explorer, scenarios, type Violation } from "./_explore.ts";
import { Injector } from "./_faults.ts";
import { StreamExplorer } from "./_explore_streams.ts";
import { type Mutation, MUTATIONS } from "./_mutations.ts";
import { Observer } from "./_observe.ts";
import { STREAM_MUTATIONS } from "./_stream_mutations.ts";
import { streamScenarios } from "./_streams.ts";

/** How many violations are shown. */
const SHOWN = 5;

const { scenario: wanted = "", state: shownState, tears, limit, mutate } =
  readArguments(
    {
      task: "test:crash",
      about:
        "Looks at every state that a crash can leave, and at every fault of every call.",
      options: {
        scenario: text("only scenarios with this in their names", {
          value: "TEXT",
        }),
        state: wholeNumber("show violations of this state alone", {
          fallback: undefined,
        }),
        tears: wholeNumber("places at which a file is torn", { fallback: 150 }),
        limit: wholeNumber("subsets of un-synced changes after an event", {
          fallback: 256,
        }),
        mutate: flag("take syncs and moves away, to see that it is noticed"),
      },
    },
  );
const meant = (await scenarios()).filter(({ name }) => name.includes(wanted));
const streams = (await streamScenarios())
  .filter(({ name }) => name.includes(wanted));
if (meant.length + streams.length === 0) {
  refuse("--scenario is in no scenario's name", wanted);
}
const isWell = mutate ? await tryMutations() : await explore();
Deno.exit(isWell ? 0 : 1);

async function explore(): Promise<boolean> {
  let violations = 0;
  let shown = 0;
  const onViolation = (violation: Violation) => {
    violations++;
    const isMeant = shownState === undefined || violation.state === shownState;
    if (isMeant && shown++ < SHOWN) show(violation);
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
  const explorer = new Explorer({ observer, tears, limit, onViolation });
  for (const [at, scenario] of meant.entries()) {
    progress(`crashes ${at + 1}/${meant.length} ${scenario.name}`);
    await explorer.explore(scenario);
  }
  const streamExplorer = new StreamExplorer({
    ...{ tears, nested: true, onViolation },
  });
  for (const [at, scenario] of streams.entries()) {
    progress(`streams ${at + 1}/${streams.length} ${scenario.name}`);
    await streamExplorer.explore(scenario);
    await streamExplorer.inject(scenario, 1);
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
streams: states                ${streamExplorer.states}
  faults                       ${streamExplorer.faults}
violations                     ${violations}`);
  const states = explorer.states + streamExplorer.states;
  if (states === 0 || injector.faults + streamExplorer.faults === 0) {
    console.error("Nothing was looked at");
    return false;
  }
  return violations === 0;
}

async function tryMutations(): Promise<boolean> {
  let isWell = true;
  const observer = await Observer.create();
  const tell = (
    { name, redundant }: Mutation,
    example: string | undefined,
  ) => {
    const isCaught = example !== undefined;
    if (isCaught === (redundant !== undefined)) isWell = false;
    console.log(
      `${isCaught ? "caught   " : "unnoticed"} ${name}\n          ${
        example ?? redundant ?? "NOTHING NOTICES"
      }`,
    );
  };
  for (const mutation of meant.length > 0 ? MUTATIONS : []) {
    let example: string | undefined;
    const explorer = new Explorer({
      observer,
      tears: 0,
      limit,
      change: mutation.change,
      onViolation: (violation) => example ??= firstLine(violation),
    });
    for (const scenario of meant) {
      progress(`${mutation.name}: ${scenario.name}`);
      await explorer.explore(scenario);
      if (example !== undefined) break;
    }
    tell(mutation, example);
  }
  for (const mutation of streams.length > 0 ? STREAM_MUTATIONS : []) {
    let example: string | undefined;
    const explorer = new StreamExplorer({
      tears: 0,
      nested: mutation.noticedBy === "nested",
      change: mutation.change,
      onViolation: (violation) => example ??= firstLine(violation),
    });
    for (const scenario of streams) {
      progress(`${mutation.name}: ${scenario.name}`);
      await explorer.explore(scenario);
      if (example !== undefined) break;
    }
    tell(mutation, example);
  }
  return isWell;
}

function firstLine({ scenario, what }: Violation): string {
  return `${scenario}: ${what.split("\n")[0]}`;
}

function show({ scenario, state, what }: Violation): void {
  console.error(`\n--scenario="${scenario}" --state=${state}\n${what}\n`);
}

function progress(text: string): void {
  console.error(text);
}
