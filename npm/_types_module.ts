/** A name where it is declared: in a module, or in a package. */
export interface Place {
  readonly module: string;
  readonly name: string;
}

/** What a module of types has, by the names within it. */
export interface TypesModule {
  /** The comment that says what the module is. */
  readonly about: string;
  /** Statements with their comments. */
  readonly declared: ReadonlyMap<string, string>;
  readonly imported: ReadonlyMap<string, Place>;
  /** By the exported names. */
  readonly exported: ReadonlyMap<string, Place>;
}

/**
 * Takes the declarations of a module apart. They are as TypeScript emits them:
 * a statement starts where a line does.
 *
 * @param url The module's, from which relative imports go.
 */
export function parseTypesModule(text: string, url: string): TypesModule {
  const declared = new Map<string, string>();
  const imported = new Map<string, Place>();
  const exported = new Map<string, Place>();
  let about = "";
  for (const statement of statementsOf(text)) {
    const code = withoutComments(statement).trim();
    const [, kind, names, from = url] =
      /^(import|export) (?:type )?\{([^}]*)\}(?: from "([^"]+)")?;$/
        .exec(code) ?? [];
    const [, isExported, name] =
      /^(export )?(?:declare )?(?:abstract )?[a-z]+ ([\w$]+)/.exec(code) ?? [];
    if (/@module\b/.test(statement)) about = /^[^]*?\*\/\n/.exec(statement)![0];
    if (names !== undefined) {
      const module = from.startsWith(".") ? new URL(from, url).href : from;
      const found = kind === "import" ? imported : exported;
      for (const [, name, alias] of names.matchAll(NAME)) {
        found.set(alias ?? name!, { module, name: name! });
      }
    } else if (name !== undefined) {
      declared.set(name, (declared.get(name) ?? "") + statement);
      if (isExported) exported.set(name, { module: url, name });
    } else if (code !== "" && !/^import "/.test(code)) {
      throw new Error(`Cannot take apart ${code} in ${url}`);
    }
  }
  return { about, declared, imported, exported };
}

/** The text of declarations alone. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|\/\/.*/g, "");
}

/** A name in a list, perhaps with another one. */
const NAME = /(?:\btype )?([\w$]+)(?: as ([\w$]+))?/g;

/** Statements, each with the comments before it. */
function statementsOf(text: string): string[] {
  const statements: string[] = [];
  let isOpen = false;
  for (const line of text.split("\n")) {
    const isComment = line.startsWith("/**");
    const isCode = /^[a-z]/.test(line);
    if (isComment && !isOpen || isCode && !isOpen) statements.push("");
    if (statements.length > 0 && !line.startsWith("///")) {
      statements[statements.length - 1] += `${line}\n`;
    }
    if (isComment) isOpen = true;
    else if (isCode) isOpen = false;
  }
  return statements.map((it) => `${it.trimEnd()}\n`);
}
