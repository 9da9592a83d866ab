import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import openapiTS, { astToString, type OpenAPI3 } from "openapi-typescript";
import ts from "typescript";

/**
 * The server, and those who call it: the client, and the samples of the docs. Commands say nothing of the contract, and
 * would take half of the time.
 */
const isChecked = (file: string) =>
  /^(server\/(?!commands|main\.ts|api-mock\.ts)|client\/src\/|docs\/samples\/client\/|test\/client\/client\.test-d\.ts|test\/packages\/sample\.ts)/.test(
    relative(".", file).replaceAll("\\", "/"),
  );

/**
 * Type-checks server and client against other contracts than ours, whose types and bundle stand in a temporary folder in
 * the place of `generated/`. Only files that the contract reaches are checked, and no more of them than shows that they
 * fail; everything that stays the same is parsed once.
 */
export class TypeCheck {
  readonly folder = mkdtempSync(join(tmpdir(), "types-"));
  readonly #options: ts.CompilerOptions;
  readonly #files: readonly string[];
  readonly #parsed = new Map<string, ts.SourceFile | undefined>();
  /** What each file imports, by name. */
  readonly #imports = new Map<string, readonly (string | undefined)[]>();
  readonly #resolutions = ts.createModuleResolutionCache(process.cwd(), (name) => name);
  #previous: ts.Program | undefined;
  /** Files that have failed, the last first: what breaks with one contract is likely to break with the next. */
  #failed: readonly string[] = [];

  constructor() {
    const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
    const config = ts.getParsedCommandLineOfConfigFile("tsconfig.json", {}, host);
    if (config === undefined) throw new Error("tsconfig.json cannot be read");
    this.#options = { ...config.options, rootDirs: [resolve("client/src"), this.folder] };
    this.#files = config.fileNames.filter((file) => isChecked(file));
  }

  /** The first thing that does not compile with this contract, as `file: message`; undefined where all does. */
  async firstError(document: object): Promise<string | undefined> {
    const types = await openapiTS(structuredClone(document) as OpenAPI3, {
      rootTypes: true,
      rootTypesNoSchemaPrefix: true,
    });
    writeFileSync(join(this.folder, "openapi.d.ts"), astToString(types));
    writeFileSync(join(this.folder, "openapi.json"), JSON.stringify(document));
    const program = ts.createProgram({
      rootNames: this.#files,
      options: this.#options,
      host: this.#host(),
      ...(this.#previous && { oldProgram: this.#previous }),
    });
    this.#previous = program;
    for (const file of this.#reached(program)) {
      const [error] = program.getSemanticDiagnostics(file);
      if (error === undefined) continue;
      this.#failed = [file.fileName, ...this.#failed.filter((each) => each !== file.fileName)];
      return `${relative(".", file.fileName)}: ${ts.flattenDiagnosticMessageText(error.messageText, " ")}`;
    }
    return undefined;
  }

  /**
   * The files that the contract reaches, those that have failed first, then those that import it themselves; what takes
   * longest comes last.
   */
  #reached(program: ts.Program): ts.SourceFile[] {
    const reached = new Set([join(this.folder, "openapi.d.ts"), join(this.folder, "openapi.json")]);
    for (const file of reached)
      for (const [importer, imports] of this.#imports) if (imports.includes(file)) reached.add(importer);
    return [...reached]
      .flatMap((file) => program.getSourceFile(file) ?? [])
      .filter((file) => isChecked(file.fileName))
      .toSorted((a, b) => this.#rank(a.fileName) - this.#rank(b.fileName));
  }

  #rank(file: string): number {
    if (file.endsWith("/app.ts")) return Number.POSITIVE_INFINITY;
    const index = this.#failed.indexOf(file);
    return index === -1 ? this.#failed.length : index;
  }

  #host(): ts.CompilerHost {
    const host = ts.createCompilerHost(this.#options);
    const parse = host.getSourceFile.bind(host);
    host.getSourceFile = (file, ...rest) => {
      if (file.startsWith(this.folder)) return parse(file, ...rest);
      if (!this.#parsed.has(file)) this.#parsed.set(file, parse(file, ...rest));
      return this.#parsed.get(file);
    };
    host.resolveModuleNameLiterals = (literals, importer, _reference, options, source) => {
      const found = literals.map((literal) => {
        const mode = ts.getModeForUsageLocation(source, literal, options);
        return this.#redirect(
          ts.resolveModuleName(literal.text, importer, options, host, this.#resolutions, undefined, mode),
        );
      });
      this.#imports.set(
        importer,
        found.map(({ resolvedModule }) => resolvedModule?.resolvedFileName),
      );
      return found;
    };
    return host;
  }

  /** From `generated/` to the folder that stands for it. */
  #redirect(found: ts.ResolvedModuleWithFailedLookupLocations): ts.ResolvedModuleWithFailedLookupLocations {
    const { resolvedModule } = found;
    if (!resolvedModule?.resolvedFileName.startsWith(`${resolve("generated")}/openapi.`)) return found;
    const resolvedFileName = join(this.folder, basename(resolvedModule.resolvedFileName));
    return { ...found, resolvedModule: { ...resolvedModule, resolvedFileName } };
  }
}
