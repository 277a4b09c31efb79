package nightshift.s3;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentDispositionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plan.md | attachment; filename=\"plan.md\"",
                "my plan (1).md | attachment; filename=\"my plan (1).md\"",
                "naïve.txt | attachment; filename=\"na_ve.txt\"; filename*=UTF-8''na%C3%AFve.txt",
                "日本😀.txt | attachment; filename=\"___.txt\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%F0%9F%98%80.txt",
                "a\"b\\c.txt | attachment; filename=\"a_b_c.txt\"; filename*=UTF-8''a%22b%5Cc.txt",
                "100%.txt | attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt",
                "it's;*.txt | attachment; filename=\"it's;*.txt\""
            })
    void says_any_name(String fileName, String header) {
        assertThat(ContentDisposition.attachment(fileName)).isEqualTo(header);
    }
}
