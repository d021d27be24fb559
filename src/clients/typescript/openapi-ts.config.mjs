// What @hey-api/openapi-ts generates: functions and types, in files whose imports Node takes as they are.
export default {
  input: process.env.DOCUMENT,
  output: { path: "generated/hey-api", module: { extension: ".js" } },
  plugins: ["@hey-api/client-fetch", "@hey-api/sdk", "@hey-api/typescript"],
  logs: { file: false },
};
