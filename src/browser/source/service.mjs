import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const STARTED = /Tomcat started on ports? (\d+)/;
const KEPT_LINES = 60;
const START_MILLIS_MAX = 120_000;
const STOP_MILLIS_MAX = 30_000;

/** @returns {string[]} what the JVM starts: the packed service, or the classes that SERVICE_CLASSPATH names */
function program() {
  const { SERVICE_JAR, SERVICE_CLASSPATH } = process.env;
  if (SERVICE_CLASSPATH) {
    return ["-cp", SERVICE_CLASSPATH, "io.lightningdb.LightningDbApplication"];
  }
  if (SERVICE_JAR) {
    return ["-jar", SERVICE_JAR];
  }
  throw new Error("neither SERVICE_JAR nor SERVICE_CLASSPATH says which service is tested");
}

/**
 * A service in a process of its own, on loopback, on free ports, with a data directory of its own, which goes when it stops. It dies with the
 * tests, too.
 */
export class Service {
  /** Where it listens, such as `http://127.0.0.1:40123`. @type {string} */
  url;

  /** Where actuators are, the same unless `managementPort` was asked for. @type {string} */
  managementUrl;

  /** Text of the token that may do everything, or undefined where clients need none. @type {string | undefined} */
  token;

  /** Its folder, with `data` and `backups`. @type {string} */
  folder;

  #child;
  #said = [];

  /**
   * Starts one and waits until it answers.
   *
   * @param {object} [options]
   * @param {string[]} [options.settings] such as `--lightning.mode=read-only`
   * @param {boolean} [options.secured] whether clients need a token; `token` is then one that may do everything
   * @param {boolean} [options.managementPort] whether actuators have a port of their own
   * @param {Record<string, string>} [options.environment] variables beside those of the tests
   * @returns {Promise<Service>} to be stopped
   */
  static async start({ settings = [], secured = false, managementPort = false, environment = {} } = {}) {
    const service = new Service();
    service.folder = mkdtempSync(join(tmpdir(), "lightningdb-browser-"));
    const given = [
      "--server.port=0",
      "--server.address=127.0.0.1",
      `--lightning.data-directory=${join(service.folder, "data")}`,
      `--lightning.backup.directory=${join(service.folder, "backups")}`,
    ];
    if (managementPort) {
      given.push("--management.server.port=0", "--management.server.address=127.0.0.1");
    }
    if (secured) {
      service.token = randomBytes(32).toString("hex");
      const hash = createHash("sha256").update(service.token).digest("hex");
      given.push(`--lightning.security.admin-token-hash=${hash}`);
    }
    const child = spawn(
      process.env.JAVA ?? "java",
      ["-Xmx256m", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", ...program(), ...given, ...settings],
      { cwd: service.folder, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } },
    );
    service.#child = child;
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("exit", () => process.removeListener("exit", kill));

    const wanted = managementPort ? 2 : 1;
    const ports = [];
    try {
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error("did not start in time")), START_MILLIS_MAX);
        child.once("error", reject);
        child.once("exit", (code) => reject(new Error(`ended with ${code}`)));
        for (const stream of [child.stdout, child.stderr]) {
          createInterface({ input: stream }).on("line", (line) => {
            service.#said.push(line);
            if (service.#said.length > KEPT_LINES) {
              service.#said.shift();
            }
            const started = STARTED.exec(line);
            if (started && ports.push(started[1]) === wanted) {
              clearTimeout(late);
              resolve();
            }
          });
        }
      });
    } catch (failure) {
      await service.stop();
      throw new Error(`the service ${failure.message}:\n${service.lines}`);
    }
    service.url = `http://127.0.0.1:${ports[0]}`;
    service.managementUrl = `http://127.0.0.1:${ports.at(-1)}`;
    return service;
  }

  /** What it wrote last, for the message of a failure. */
  get lines() {
    return this.#said.join("\n");
  }

  /**
   * Calls it as a program does, with the token that may do everything unless told otherwise.
   *
   * @param {string} method such as `PUT`
   * @param {string} path such as `/v1/keyspaces/demo`
   * @param {object} [options]
   * @param {unknown} [options.json] body, written as JSON
   * @param {string | Uint8Array} [options.body] body as it is
   * @param {Record<string, string>} [options.headers]
   * @param {string | null} [options.token] another token, or null for none
   * @returns {Promise<Response>} with whatever status
   */
  async request(method, path, { json, body, headers = {}, token = this.token } = {}) {
    const all = { ...headers };
    if (token) {
      all.Authorization = `Bearer ${token}`;
    }
    if (json !== undefined) {
      all["Content-Type"] ??= "application/json";
    }
    return fetch(new URL(path, this.url), {
      method,
      headers: all,
      body: json === undefined ? body : JSON.stringify(json),
      redirect: "manual",
    });
  }

  /**
   * As `request`, for what has to succeed.
   *
   * @param {string} method
   * @param {string} path
   * @param {Parameters<Service["request"]>[2]} [options]
   * @returns {Promise<any>} the answer read as JSON, or as text where it is none, or undefined where it is empty
   */
  async call(method, path, options) {
    const answer = await this.request(method, path, options);
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    }
    if (text === "") {
      return undefined;
    }
    return /json(;|$)/.test(answer.headers.get("Content-Type") ?? "") ? JSON.parse(text) : text;
  }

  /**
   * Makes a token with fewer rights. The service has to be `secured`.
   *
   * @param {object} rights
   * @param {string} [rights.name]
   * @param {string[]} rights.roles such as `["read", "write"]`
   * @param {string[]} [rights.keyspaces] patterns; all if not given
   * @returns {Promise<string>} its text
   */
  async createToken({ name = "browser", roles, keyspaces = ["*"] }) {
    return (await this.call("POST", "/v1/admin/tokens", { json: { name, roles, keyspaces } })).token;
  }

  /** Ends it, and takes its folder away. Does nothing the second time. */
  async stop() {
    if (this.#child.exitCode === null && this.#child.signalCode === null && this.#child.pid !== undefined) {
      const ended = new Promise((resolve) => this.#child.once("exit", resolve));
      this.#child.kill("SIGTERM");
      const killed = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MILLIS_MAX);
      await ended;
      clearTimeout(killed);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
