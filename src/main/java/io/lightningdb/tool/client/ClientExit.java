package io.lightningdb.tool.client;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/// What the exit code of a client command says. Scripts rely on the numbers: never change one.
public final class ClientExit {
  private ClientExit() {}

  /// All is well.
  static final int OK = CommandLine.ExitCode.OK;

  /// The command failed in a way that nothing here foresees.
  static final int FAILED = CommandLine.ExitCode.SOFTWARE;

  /// The command line makes no sense.
  static final int USAGE = CommandLine.ExitCode.USAGE;

  /// A local file, or a standard stream, cannot be read or written.
  static final int UNREADABLE = 14;

  /// There is no such entry, keyspace, operation or token, or not any more.
  static final int NOT_FOUND = 20;

  /// A condition does not hold, or other writes got in the way.
  static final int CONFLICT = 21;

  /// The service understood and refused: bad input, or more than a limit.
  static final int REFUSED = 22;

  /// The service wants a token, or another one.
  static final int DENIED = 23;

  /// The service cannot serve this now.
  static final int UNAVAILABLE = 24;

  /// No answer came in time.
  static final int TIMEOUT = 25;

  /// The service is not reached.
  static final int UNREACHABLE = 26;

  /// There is no trusted connection.
  static final int UNTRUSTED = 27;

  /// The service failed, or what answers is no Lightning DB.
  static final int SERVICE_FAILED = 28;

  /// Ctrl-C.
  static final int INTERRUPTED = 130;

  /// The reader of standard output went away.
  static final int OUTPUT_CLOSED = 141;

  /// The table that the help of every client command shows.
  ///
  /// @return meanings by code, in the order of the codes
  public static Map<String, String> table() {
    Map<String, String> table = new LinkedHashMap<>();
    table.put(" 0", "done");
    table.put(" 1", "a defect of the command");
    table.put(" 2", "the command line makes no sense");
    table.put("14", "a local file or standard stream cannot be read or written");
    table.put("20", "no such entry, keyspace, operation or token (404, 410)");
    table.put("21", "a condition does not hold, or other writes got in the way (409, 412)");
    table.put("22", "refused: bad input, or more than a limit (other 4xx)");
    table.put("23", "no token, or one that may not do this (401, 403)");
    table.put("24", "not available now, or not healthy; try again later (429, 503, 507)");
    table.put("25", "no answer in time; a write may have been made (408, 504)");
    table.put("26", "the service is not reached: refused, unknown host, no route");
    table.put("27", "no trusted connection: certificates");
    table.put("28", "the service failed, or what answers is no Lightning DB (5xx)");
    table.put("130", "ended by Ctrl-C (143: by SIGTERM)");
    table.put("141", "the reader of standard output went away");
    return table;
  }

  /// The code for a status of HTTP.
  static int ofStatus(int status) {
    return switch (status) {
      case 404, 410 -> NOT_FOUND;
      case 409, 412 -> CONFLICT;
      case 401, 403 -> DENIED;
      case 429, 503, 507 -> UNAVAILABLE;
      case 408, 504 -> TIMEOUT;
      default -> status >= 400 && status < 500 ? REFUSED : SERVICE_FAILED;
    };
  }
}
