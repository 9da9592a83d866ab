/** @throws Error where the packages that only the docs need are not installed */
export async function loadRenderer(): Promise<typeof import("../docs/index.ts")> {
  try {
    return await import("../docs/index.ts");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new Error(
      "The docs need four packages: npm install --save-dev highlight.js marked minisearch yaml.",
    );
  }
}
