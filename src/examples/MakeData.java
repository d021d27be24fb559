import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Writes a catalogue of made-up products to standard output: one JSON document a line, or CSV. The same number of
/// products is the same bytes every time.
///
///     java src/examples/MakeData.java 1000000 > products.ndjson
///     java src/examples/MakeData.java 1000000 csv > products.csv
///
/// `products.ndjson` and `products.csv` beside this file are 500 of them.
public class MakeData {
  private static final List<String> MATERIALS =
      List.of("Oak", "Steel", "Linen", "Copper", "Wool", "Glass", "Bamboo", "Leather", "Stone");
  private static final List<String> STYLES =
      List.of("Plain", "Folding", "Stacking", "Travel", "Garden", "Wall", "Corner", "Double");
  private static final List<Kind> KINDS =
      List.of(
          new Kind("lighting", "Lamp", 2_900),
          new Kind("furniture", "Stool", 7_900),
          new Kind("furniture", "Shelf", 12_900),
          new Kind("kitchen", "Bowl", 1_400),
          new Kind("kitchen", "Kettle", 4_500),
          new Kind("textiles", "Blanket", 5_200),
          new Kind("storage", "Basket", 2_300),
          new Kind("office", "Tray", 1_900));
  private static final List<String> PLACES = List.of("north", "south", "east", "west");

  private record Kind(String category, String name, int cents) {}

  private record Product(
      String sku,
      String name,
      String category,
      int priceCents,
      int stock,
      String warehouse,
      double rating,
      boolean onSale) {

    static Product of(int number, RandomGenerator random) {
      Kind kind = KINDS.get(random.nextInt(KINDS.size()));
      String style = STYLES.get(random.nextInt(STYLES.size()));
      String material = MATERIALS.get(random.nextInt(MATERIALS.size()));
      return new Product(
          "%s-%07d".formatted(kind.category(), number),
          "%s %s %s".formatted(style, material, kind.name()),
          kind.category(),
          kind.cents() / 2 + random.nextInt(kind.cents()),
          random.nextInt(400),
          PLACES.get(random.nextInt(PLACES.size())),
          random.nextInt(20, 51) / 10.0,
          random.nextInt(8) == 0);
    }

    String description() {
      return "%s in the %s range, kept in the %s warehouse, rated %s of 5 by its buyers."
          .formatted(name, category, warehouse, rating);
    }

    String toJson() {
      return String.format(
          Locale.ROOT,
          """
          {"sku":"%s","name":"%s","category":"%s","priceCents":%d,"stock":%d,"warehouse":"%s",\
          "rating":%.1f,"onSale":%b,"description":"%s"}
          """,
          sku,
          name,
          category,
          priceCents,
          stock,
          warehouse,
          rating,
          onSale,
          description());
    }

    String toCsv() {
      return String.format(
          Locale.ROOT,
          "%s,\"%s, %s\",%s,%d,%d,%s,%.1f,%b\n",
          sku,
          name,
          warehouse,
          category,
          priceCents,
          stock,
          warehouse,
          rating,
          onSale);
    }
  }

  /// Writes the products.
  ///
  /// @param args how many, and `csv` for CSV
  public static void main(String[] args) throws IOException {
    if (args.length < 1 || args.length > 2 || (args.length == 2 && !args[1].equals("csv"))) {
      System.err.println("Usage: java MakeData.java <products> [csv]");
      System.exit(2);
    }
    int products = Integer.parseInt(args[0]);
    boolean csv = args.length == 2;
    // Named, because the default generator may be another one in another Java.
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(2026);
    try (Writer out =
        new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8))) {
      if (csv) {
        out.write("sku,name,category,priceCents,stock,warehouse,rating,onSale\n");
      }
      for (int number = 1; number <= products; number++) {
        Product product = Product.of(number, random);
        out.write(csv ? product.toCsv() : product.toJson());
      }
    }
  }
}
