package io.lightningdb.server.web;

import org.springframework.web.util.HtmlUtils;

/// A page for people who have opened the service in a browser: words and links, without scripts.
public final class HtmlPage {

  /// Where the style of all pages is. The policy of pages allows none within them.
  static final String STYLE = "/style.css";

  private HtmlPage() {}

  /// Makes a page.
  ///
  /// @param title plain text
  /// @param body HTML that ends with a line feed
  /// @return the document
  public static String of(String title, String body) {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>%s</title>
    <link rel="stylesheet" href="%s">
    </head>
    <body>
    <nav><a href="/console/">Lightning DB</a> <a href="/problems">Problems</a></nav>
    <main>
    %s</main>
    </body>
    </html>
    """
        .formatted(escape(title), STYLE, body);
  }

  /// Makes sentences a part of HTML. What they quote as code, between backticks, looks like it.
  ///
  /// @param text sentences as documents in Markdown have them
  /// @return the same for a browser
  public static String prose(String text) {
    return escape(text).replaceAll("`([^`]+)`", "<code>$1</code>");
  }

  /// Makes plain text a part of HTML.
  ///
  /// @param text any text
  /// @return the same for a browser
  public static String escape(String text) {
    return HtmlUtils.htmlEscape(text);
  }
}
