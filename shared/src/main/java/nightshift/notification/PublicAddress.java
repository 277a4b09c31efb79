package nightshift.notification;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/// Which addresses belong to the public internet.
///
/// @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IANA: IPv4
///   special-purpose addresses</a>
/// @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry">IANA: IPv6
///   special-purpose addresses</a>
public final class PublicAddress {
    /// Private, shared, loopback, link-local, documentation, benchmark, multicast and reserved
    /// addresses.
    private static final List<Block> SPECIAL_V4 =
            blocks(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/4",
                    "240.0.0.0/4");

    /// The only block of IPv6 from which public addresses are given out. So loopback, unique local,
    /// link-local, multicast, NAT64 and the forms that embed an IPv4 address lie outside.
    private static final Block GLOBAL_V6 = Block.of("2000::/3");

    /// Protocol assignments (Teredo among them), documentation and 6to4.
    private static final List<Block> SPECIAL_V6 =
            blocks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    private PublicAddress() {}

    /// Whether an address is one of the public internet.
    public static boolean matches(InetAddress address) {
        var bytes = address.getAddress();
        return address instanceof Inet4Address
                ? SPECIAL_V4.stream().noneMatch(block -> block.contains(bytes))
                : GLOBAL_V6.contains(bytes)
                        && SPECIAL_V6.stream().noneMatch(block -> block.contains(bytes));
    }

    private static List<Block> blocks(String... blocks) {
        return List.of(blocks).stream().map(Block::of).toList();
    }

    /// The addresses that begin with the same bits.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Block(byte[] start, int bits) {
        static Block of(String text) {
            var parts = text.split("/", 2);
            var start = InetAddress.ofLiteral(parts[0]).getAddress();
            return new Block(start, Integer.parseInt(parts[1]));
        }

        boolean contains(byte[] address) {
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % 8;
                if (((start[bit / 8] ^ address[bit / 8]) & mask) != 0) return false;
            }
            return true;
        }
    }
}
