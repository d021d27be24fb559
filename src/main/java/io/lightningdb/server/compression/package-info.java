/// Compression of answers for clients that ask for it.
///
/// An answer that is compressed is another representation of the same thing, and so has another entity tag
/// ([CodedTags]); what compresses is bounded in number and paid for ([Deflaters]), and where there is none
/// to be had the answer goes out as it is. The web server's own compression leaves out answers with strong tags, which
/// all entries have, and nothing bounds what it takes.
@NullMarked
package io.lightningdb.server.compression;

import org.jspecify.annotations.NullMarked;
