import {
  parseTypesModule,
  type Place,
  type TypesModule,
  withoutComments,
} from "./_types_module.ts";

/** The types of an entry in one file. */
export interface RolledUpTypes {
  readonly text: string;
  /** What it exports: public names by where they are declared. */
  readonly names: ReadonlyMap<string, string>;
}

/** Options of {@linkcode rollUpTypes}. */
export interface RollUpTypesOptions {
  /** Gives the declarations of a module. */
  readonly read: (url: string) => string;
  /** An entry whose types are imported rather than declared again. */
  readonly shared?: {
    readonly specifier: string;
    readonly types: RolledUpTypes;
  };
}

/** Puts what an entry exports, and the declarations which that needs, together. */
export function rollUpTypes(
  entry: string,
  { read, shared }: RollUpTypesOptions,
): RolledUpTypes {
  const modules = new Map<string, TypesModule>();
  const texts = new Map<string, string>();
  const imports = new Set<string>();
  /** Where a name of the file comes from. */
  const places = new Map<string, string>();

  function moduleAt(url: string): TypesModule {
    let module = modules.get(url);
    if (module === undefined) {
      modules.set(url, module = parseTypesModule(read(url), url));
    }
    return module;
  }

  function locate({ module, name }: Place): Place {
    if (isPackage(module)) return { module, name };
    const { declared, imported, exported } = moduleAt(module);
    if (declared.has(name)) return { module, name };
    const from = imported.get(name) ?? exported.get(name);
    if (from === undefined) throw new Error(`There is no ${name} in ${module}`);
    return locate(from);
  }

  /** Adds a declaration, unless it is there. */
  function add(place: Place): Place {
    const found = locate(place);
    const { module, name } = found;
    const key = keyOf(found);
    const known = places.get(name);
    if (known === key) return found;
    if (known !== undefined) throw new Error(`${known} and ${key} collide`);
    places.set(name, key);
    const sharedName = shared?.types.names.get(key);
    if (sharedName !== undefined) {
      imports.add(importOf(sharedName, name, shared!.specifier));
    } else if (isPackage(module)) {
      imports.add(importOf(name, name, module));
    } else {
      const { declared, imported } = moduleAt(module);
      const text = declared.get(name)!;
      // Exports are listed at the end.
      texts.set(name, text.replace(/^export (?=[a-z])/m, ""));
      for (const used of new Set(withoutComments(text).match(/[\w$]+/g))) {
        if (declared.has(used) || imported.has(used)) {
          add({ module, name: used });
        }
      }
    }
    return found;
  }

  const { about, exported } = moduleAt(entry);
  const names = new Map<string, string>();
  const list: string[] = [];
  for (const [publicName, place] of exported) {
    const found = add(place);
    names.set(keyOf(found), publicName);
    list.push(`  ${renamed(found.name, publicName)},\n`);
  }
  const text = [
    about,
    ...imports,
    ...texts.values(),
    `export {\n${list.join("")}};\n`,
  ].join("");
  return { text, names };
}

/** Whether it is a package or a module of the runtime rather than a file. */
function isPackage(module: string): boolean {
  return !module.startsWith("file:");
}

function keyOf({ module, name }: Place): string {
  return `${module}#${name}`;
}

function importOf(name: string, alias: string, specifier: string): string {
  return `import { ${renamed(name, alias)} } from "${specifier}";\n`;
}

function renamed(name: string, alias: string): string {
  return name === alias ? name : `${name} as ${alias}`;
}
