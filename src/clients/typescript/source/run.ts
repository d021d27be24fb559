import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { PackedService } from "./service.js";

/** Starts the service, runs each file of tests against it, one after another, and stops it. */
async function run(): Promise<number> {
  const service = await PackedService.start();
  try {
    const files = [join("out", "test"), join("package", "out", "test")].flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".test.js"))
        .map((name) => join(folder, name)),
    );
    const tests = spawn(
      process.execPath,
      ["--enable-source-maps", "--test", "--test-concurrency=1", "--test-timeout=120000", ...files],
      {
        stdio: "inherit",
        env: { ...process.env, SERVICE_URL: service.url, SERVICE_TOKEN: service.token },
      },
    );
    return await new Promise<number>((resolve, reject) => {
      tests.on("error", reject);
      tests.on("exit", (code) => resolve(code ?? 1));
    });
  } finally {
    await service.stop();
  }
}

process.exitCode = await run();
