package shop;

import io.lightningdb.client.Entry;
import io.lightningdb.client.EntryStream;
import io.lightningdb.client.LightningClient;
import io.lightningdb.client.Range;
import io.lightningdb.client.TransactionKeyspace;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A shop: carts that several tabs fill at a time, and orders that never sell more than there is. */
@RestController
@SpringBootApplication
public class Shop {
  private final LightningClient client;

  /** An order of a user. */
  public record Order(String id, String user, Map<String, Integer> items) {}

  /** How many of each article are in a cart. */
  public static final class Items extends TreeMap<String, Integer> {
    private static final long serialVersionUID = 1;
  }

  /** There is not enough of an article. */
  private static final class SoldOut extends RuntimeException {
    private static final long serialVersionUID = 1;

    private SoldOut(String article) {
      super("There is not enough of " + article + ".");
    }
  }

  Shop(LightningClient client) {
    this.client = client;
    List.of("shop-stock", "shop-carts", "shop-orders").forEach(client::createKeyspace);
  }

  public static void main(String[] arguments) {
    SpringApplication.run(Shop.class, arguments);
  }

  /** One client for the whole application, closed with it. */
  @Configuration(proxyBeanMethods = false)
  static class Connection {
    @Bean
    LightningClient client(@Value("${lightning.url:http://127.0.0.1:8080}") String url) {
      return LightningClient.connect(url);
    }
  }

  @PutMapping("/stock/{article}")
  Map<String, Integer> stock(@PathVariable String article, @RequestParam int count) {
    client.keyspace("shop-stock").put(article, count);
    return Map.of(article, count);
  }

  /** Two tabs that add at the same time both count: an update is done again where the other one was faster. */
  @PostMapping("/carts/{user}/{article}")
  Items add(@PathVariable String user, @PathVariable String article) {
    Items[] added = new Items[1];
    client
        .keyspace("shop-carts")
        .update(
            user,
            before -> {
              Items items = before.map(entry -> entry.as(Items.class)).orElseGet(Items::new);
              items.merge(article, 1, Integer::sum);
              return added[0] = items;
            });
    return added[0];
  }

  /** Takes everything from the stock, empties the cart and makes the order, or does nothing at all. */
  @PostMapping("/carts/{user}/order")
  Order order(@PathVariable String user) {
    String id = UUID.randomUUID().toString();
    return client.transact(transaction -> {
      TransactionKeyspace stock = transaction.keyspace("shop-stock");
      TransactionKeyspace carts = transaction.keyspace("shop-carts");
      Items items = carts.get(user, Items.class).orElseGet(Items::new);
      items.forEach((article, count) -> {
        if (stock.increment(article, -count) < 0) {
          throw new SoldOut(article);
        }
      });
      carts.delete(user);
      Order order = new Order(id, user, items);
      transaction.keyspace("shop-orders").put(user + "/" + id, order);
      return order;
    });
  }

  @GetMapping("/orders/{user}")
  List<Order> orders(@PathVariable String user) {
    try (EntryStream entries = client.keyspace("shop-orders").scan(Range.prefix(user + "/"))) {
      return entries.stream().map((Entry entry) -> entry.as(Order.class)).toList();
    }
  }

  @ExceptionHandler
  ProblemDetail soldOut(SoldOut failure) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, failure.getMessage());
  }
}
