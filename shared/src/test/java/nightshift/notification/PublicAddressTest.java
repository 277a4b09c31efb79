package nightshift.notification;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;

class PublicAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.167.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "2001:200::1",
                "2606:4700:4700::1111",
                "2a00:1450:4001:82a::200e",
                "2003::1"
            })
    void is_public(String address) {
        assertThat(PublicAddress.matches(InetAddress.ofLiteral(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.0.0.1",
                "100.64.0.0",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.255",
                "169.254.169.254",
                "172.16.0.0",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::127.0.0.1",
                "::8.8.8.8",
                "::ffff:10.0.0.1",
                "::ffff:0:8.8.8.8",
                "64:ff9b::a00:1",
                "64:ff9b::808:808",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:2::1",
                "2001:10::1",
                "2001:1ff:ffff::1",
                "2001:db8::1",
                "2002:a00:1::1",
                "2002:808:808::1",
                "3fff::1",
                "4000::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1"
            })
    void is_not_public(String address) {
        assertThat(PublicAddress.matches(InetAddress.ofLiteral(address))).isFalse();
    }

    /// Compared with the registry's blocks as ranges of numbers.
    @Test
    void agrees_with_ranges_of_numbers() throws UnknownHostException {
        long[][] special = {
            range("0.0.0.0", "0.255.255.255"),
            range("10.0.0.0", "10.255.255.255"),
            range("100.64.0.0", "100.127.255.255"),
            range("127.0.0.0", "127.255.255.255"),
            range("169.254.0.0", "169.254.255.255"),
            range("172.16.0.0", "172.31.255.255"),
            range("192.0.0.0", "192.0.0.255"),
            range("192.0.2.0", "192.0.2.255"),
            range("192.88.99.0", "192.88.99.255"),
            range("192.168.0.0", "192.168.255.255"),
            range("198.18.0.0", "198.19.255.255"),
            range("198.51.100.0", "198.51.100.255"),
            range("203.0.113.0", "203.0.113.255"),
            range("224.0.0.0", "255.255.255.255")
        };
        var random = new Random(1);
        for (int n = 0; n < 50_000; n++) {
            var near = special[random.nextInt(special.length)];
            long value =
                    n % 2 == 0
                            ? random.nextInt() & 0xffff_ffffL
                            : Math.clamp(
                                    near[random.nextInt(2)] + random.nextInt(5) - 2,
                                    0L,
                                    0xffff_ffffL);
            boolean expected = true;
            for (var block : special) expected &= value < block[0] || value > block[1];
            assertThat(PublicAddress.matches(v4(value))).as("%x", value).isEqualTo(expected);
        }
    }

    @Test
    void an_ipv6_address_outside_of_2000_is_never_public() throws UnknownHostException {
        var random = new Random(2);
        for (int n = 0; n < 20_000; n++) {
            var bytes = new byte[16];
            random.nextBytes(bytes);
            boolean global = (bytes[0] & 0xe0) == 0x20;
            var address = InetAddress.getByAddress(bytes);
            if (!global) assertThat(PublicAddress.matches(address)).as("%s", address).isFalse();
        }
    }

    private static long[] range(String first, String last) {
        return new long[] {number(first), number(last)};
    }

    private static long number(String address) {
        return new BigInteger(1, InetAddress.ofLiteral(address).getAddress()).longValueExact();
    }

    private static InetAddress v4(long value) throws UnknownHostException {
        return InetAddress.getByAddress(
                new byte[] {
                    (byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
                });
    }
}
