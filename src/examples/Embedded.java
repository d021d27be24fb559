import io.lightningdb.engine.Database;
import io.lightningdb.engine.DatabaseOptions;
import io.lightningdb.engine.Durability;
import io.lightningdb.engine.Keyspace;
import io.lightningdb.engine.KeyspaceOptions;
import io.lightningdb.engine.Range;
import io.lightningdb.engine.Scan;
import io.lightningdb.engine.Snapshot;
import io.lightningdb.engine.WriteBatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The engine in a program of its own, without HTTP and without Spring: single writes, an atomic batch over two
/// keyspaces with a condition, and a scan of one moment that later writes do not change.
public class Embedded {

  /// Opens a database, uses it and closes it. One process at a time may have a directory open.
  ///
  /// @param args the directory of the database, which is created if it is not there
  public static void main(String[] args) {
    String directory = args.length == 0 ? "embedded-data" : args[0];
    try (Database database = Database.open(Path.of(directory), DatabaseOptions.defaults())) {
      Keyspace users = database.keyspace("users", KeyspaceOptions.defaults());
      Keyspace mails = database.keyspace("mails", KeyspaceOptions.defaults());

      // On stable storage when it returns, since SYNCED is the default.
      long version = users.put(bytes("ada"), bytes("Ada, London"));

      // All of it or nothing, and nothing if ada was changed in between. LOGGED survives the death
      // of the process,
      // and may lose the last 100 ms in a power failure.
      WriteBatch move =
          new WriteBatch()
              .requireVersion(users, bytes("ada"), version)
              .put(users, bytes("ada"), bytes("Ada, Paris"))
              .put(mails, bytes("0001"), bytes("ada has moved"));
      database.write(move, Durability.LOGGED);

      try (Snapshot moment = database.snapshot()) {
        users.put(bytes("bob"), bytes("Bob, Rome"));
        try (Scan scan = users.scan(Range.all(), moment)) {
          while (scan.next()) {
            System.out.println(text(scan.key()) + " = " + text(scan.value()));
          }
        }
      }
      System.out.println("bob = " + text(users.get(bytes("bob"))));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
