import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const STARTED = /Tomcat started on port (\d+)/;
const TOLD_LINES = 20;
const STOP_MILLIS_MAX = 30_000;

function needed(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`the variable ${name} is not set`);
  }
  return value;
}

/** The service as it is packed, in a process of its own with a port of its own, where clients have a token. */
export class PackedService {
  private constructor(
    private readonly process: ChildProcess,
    readonly url: string,
    readonly token: string,
    readonly folder: string,
  ) {}

  /** Starts it with further settings, such as `--lightning.requests.per-client-per-second-max=2`. */
  static async start(...settings: string[]): Promise<PackedService> {
    const token = randomBytes(32).toString("hex");
    const folder = mkdtempSync(join(process.cwd(), "service-"));
    const child = spawn(
      needed("JAVA"),
      [
        "-Xmx256m",
        "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED",
        "-jar",
        needed("SERVICE_JAR"),
        "--server.port=0",
        `--lightning.data-directory=${join(folder, "data")}`,
        `--lightning.backup.directory=${join(folder, "backups")}`,
        `--lightning.security.admin-token-hash=${createHash("sha256").update(token).digest("hex")}`,
        ...settings,
      ],
      { cwd: folder, stdio: ["ignore", "pipe", "inherit"] },
    );
    const told: string[] = [];
    const port = await new Promise<string>((resolve, reject) => {
      child.on("error", reject);
      const lines = createInterface({ input: child.stdout! });
      lines.on("line", (line) => {
        told.push(line);
        if (told.length > TOLD_LINES) {
          told.shift();
        }
        const started = STARTED.exec(line);
        if (started) {
          resolve(started[1]!);
        }
      });
      lines.on("close", () => reject(new Error(`the service did not start: ${told.join("\n")}`)));
    });
    return new PackedService(child, `http://127.0.0.1:${port}`, token, folder);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) {
      return;
    }
    const ended = new Promise<void>((resolve) => this.process.once("exit", () => resolve()));
    this.process.kill("SIGTERM");
    const killed = setTimeout(() => this.process.kill("SIGKILL"), STOP_MILLIS_MAX);
    await ended;
    clearTimeout(killed);
  }
}
