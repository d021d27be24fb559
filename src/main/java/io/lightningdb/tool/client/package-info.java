/// The commands that talk to a running service over HTTP. They start without Spring, and share nothing with it but the
/// contract.
///
/// **Where the service is.** `--url`, or `LIGHTNING_URL`, or `http://127.0.0.1:8080`. A token comes from `--token-file`
/// or `LIGHTNING_TOKEN`, never from an argument, which other users of the machine could see. `--cacert`, `--cert` and
/// `--key` are PEM files. Redirects are not followed, and nothing is sent twice.
///
/// **Output.** A value goes to standard output as it is, lists as lines of `key<TAB>value` with what would break a line
/// escaped, other answers in a few words. With `--json` each line of standard output is one object as the contract has
/// it, and standard error the problem as the service gave it; without, a problem is one sentence: what happened, this
/// time, and what to do. Progress is shown on a terminal only.
///
/// **Exit codes** ([io.lightningdb.tool.client.ClientExit]) are the same for all commands: scripts tell "not there"
/// (20) from "another was faster" (21), "refused" (22), "not for you" (23), "try again" (24, 25), "not reached" (26,
/// 27) and "broken" (28). They do not meet those of the commands that work on directories.
///
/// **Bytes.** A key is text, or base64url of any bytes with `--key-encoding base64url`. Values come from an argument, a
/// file or standard input, and are streamed; so are lists, imports and exports, whose memory does not depend on how
/// long they are.
///
/// A command extends [io.lightningdb.tool.client.ServiceCommand], which gives it the options of all;
/// [io.lightningdb.tool.client.Service] sends its requests, and [io.lightningdb.tool.client.Session] is the process
/// that it runs in. What goes wrong is a [io.lightningdb.tool.client.ClientException]. Everything is confined to the
/// thread that runs the command.
@NullMarked
package io.lightningdb.tool.client;

import org.jspecify.annotations.NullMarked;
