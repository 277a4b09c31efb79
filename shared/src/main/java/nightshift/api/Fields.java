package nightshift.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

import nightshift.json.Json;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// The fields of a request's object, each read by a rule: coerced as the contract says, or refused
/// with the field's name.
///
/// The first field that is read and wrong is the one reported, so read them in the declared order.
/// Every method throws [ApiException] for a bad value.
public final class Fields {
    private static final int LONGEST_ECHO = 100;
    private static final Pattern WHOLE_NUMBER =
            Pattern.compile("[+-]?[0-9]{1,1000}(\\.0{0,1000})?");
    private static final Set<String> TRUE = Set.of("t", "y", "yes", "true", "on", "1");
    private static final Set<String> FALSE = Set.of("f", "n", "no", "false", "off", "0");

    private final ObjectNode object;
    private final String prefix;

    public Fields(ObjectNode object) {
        this(object, "");
    }

    private Fields(ObjectNode object, String prefix) {
        this.object = object;
        this.prefix = prefix;
    }

    /// Whether the field was sent, whatever it holds.
    public boolean has(String field) {
        return object.has(field);
    }

    /// Whether no field was sent.
    public boolean isEmpty() {
        return object.isEmpty();
    }

    /// The field as it was sent; a missing node if it was not.
    public JsonNode raw(String field) {
        return object.path(field);
    }

    /// The field's name in an error: nested names are joined by two underscores.
    public String attr(String field) {
        return prefix + field;
    }

    /// A text that must be there.
    public String text(String field, TextRule rule) {
        require(field);
        var text = textOrNull(field, rule);
        if (text == null) {
            throw refuse(field, "null", "This field may not be null.");
        }
        return text;
    }

    /// A text that may be absent, which reads as `otherwise`, or, if the rule says so, null.
    public @Nullable String text(String field, TextRule rule, @Nullable String otherwise) {
        return has(field) ? textOrNull(field, rule) : otherwise;
    }

    /// One of the choices, or `otherwise` if the field is absent.
    public @Nullable String choice(String field, List<String> choices, @Nullable String otherwise) {
        if (!has(field)) {
            return otherwise;
        }
        notNull(field);
        var node = raw(field);
        var sent = node.isTextual() ? node.asText() : pythonText(node);
        if (!node.isValueNode() || !choices.contains(sent)) {
            throw refuse(
                    field, "invalid_choice", "\"" + shortened(sent) + "\" is not a valid choice.");
        }
        return sent;
    }

    /// A boolean, or `otherwise` if the field is absent.
    public boolean flag(String field, boolean otherwise) {
        if (!has(field)) {
            return otherwise;
        }
        notNull(field);
        var node = raw(field);
        var text =
                switch (node.getNodeType()) {
                    case BOOLEAN, STRING -> node.asText().toLowerCase(Locale.ROOT);
                    case NUMBER -> isOneOrZero(node) ? String.valueOf(node.intValue()) : "";
                    default -> "";
                };
        if (!TRUE.contains(text) && !FALSE.contains(text)) {
            throw refuse(field, "invalid_input", "Must be a valid boolean.");
        }
        return TRUE.contains(text);
    }

    /// The primary key of another object; absent, null and `""` are null.
    public @Nullable Long primaryKey(String field) {
        var node = raw(field);
        if (node.isMissingNode() || node.isNull() || node.equals(TextNode.valueOf(""))) {
            return null;
        }
        var text = node.asText().strip();
        if (!(node.isTextual() || node.isIntegralNumber()) || !text.matches("[+-]?[0-9]{1,1000}")) {
            throw refuse(
                    field,
                    "incorrect_type",
                    "Incorrect type. Expected pk value, received " + pythonType(node) + ".");
        }
        var number = new BigInteger(text);
        if (number.bitLength() > 63) {
            throw noSuchKey(field, text);
        }
        return number.longValue();
    }

    /// Refuses the primary key of an object that does not exist.
    public ApiException noSuchKey(String field, Object key) {
        return refuse(
                field, "does_not_exist", "Invalid pk \"" + key + "\" - object does not exist.");
    }

    /// A whole number that must be there.
    public long integer(String field, long least, long most) {
        require(field);
        notNull(field);
        var node = raw(field);
        var number = wholeNumberOrNull(node);
        if (number == null) {
            throw refuse(field, "invalid_input", "A valid integer is required.");
        }
        if (number.compareTo(BigDecimal.valueOf(least)) < 0) {
            throw refuse(
                    field,
                    "min_value",
                    "Ensure this value is greater than or equal to " + least + ".");
        }
        if (number.compareTo(BigDecimal.valueOf(most)) > 0) {
            throw refuse(
                    field, "max_value", "Ensure this value is less than or equal to " + most + ".");
        }
        return number.longValue();
    }

    /// A list of whole numbers that must be there.
    public List<Long> integers(String field) {
        require(field);
        notNull(field);
        if (!(raw(field) instanceof ArrayNode items)) {
            throw notAList(field, field);
        }
        var numbers = new ArrayList<Long>();
        for (int i = 0; i < items.size(); i++) {
            var item =
                    new Fields(
                            Json.object().set(String.valueOf(i), items.get(i)), attr(field) + "__");
            numbers.add(item.integer(String.valueOf(i), 1, Long.MAX_VALUE));
        }
        return numbers;
    }

    /// A declared object that must be there.
    public Fields object(String field) {
        require(field);
        notNull(field);
        if (!(raw(field) instanceof ObjectNode inner)) {
            throw noObject(raw(field), attr(field));
        }
        return new Fields(inner, attr(field) + "__");
    }

    /// A list of declared objects that must be there.
    ///
    /// @param whenEmpty the refusal of an empty list
    public List<Fields> objects(String field, String whenEmpty) {
        var items = list(field, field + "__non_field_errors");
        refuseEmpty(items, field, "invalid_input", whenEmpty);
        var objects = new ArrayList<Fields>();
        for (int i = 0; i < items.size(); i++) {
            notNull(items, i, field);
            if (!(items.get(i) instanceof ObjectNode item)) {
                throw noObject(items.get(i), attr(field) + "__" + i + "__non_field_errors");
            }
            objects.add(new Fields(item, attr(field) + "__" + i + "__"));
        }
        return objects;
    }

    /// A list of free objects that must be there.
    ///
    /// @param whenEmpty the refusal of an empty list
    public List<ObjectNode> freeObjects(String field, String whenEmpty) {
        var items = list(field, field);
        refuseEmpty(items, field, "invalid_input", whenEmpty);
        var objects = new ArrayList<ObjectNode>();
        for (int i = 0; i < items.size(); i++) {
            notNull(items, i, field);
            if (!(items.get(i) instanceof ObjectNode item)) {
                throw noFreeObject(items.get(i), attr(field) + "__" + i);
            }
            objects.add(item);
        }
        return objects;
    }

    /// A list of texts that may be absent, which reads as empty, but not empty.
    public List<String> texts(String field) {
        if (!has(field)) {
            return List.of();
        }
        var items = list(field, field);
        refuseEmpty(items, field, "empty", "This list may not be empty.");
        var texts = new ArrayList<String>();
        for (int i = 0; i < items.size(); i++) {
            var item =
                    new Fields(
                            Json.object().set(String.valueOf(i), items.get(i)), attr(field) + "__");
            texts.add(item.text(String.valueOf(i), TextRule.filled()));
        }
        return texts;
    }

    /// A free JSON object that may be absent, which reads as null, but not null.
    public @Nullable ObjectNode freeObject(String field, int largest) {
        if (!has(field)) {
            return null;
        }
        notNull(field);
        if (!(raw(field) instanceof ObjectNode object)) {
            throw noFreeObject(raw(field), attr(field));
        }
        limit(field, Json.text(object), largest);
        return object;
    }

    /// Refuses a JSON text that is larger than so many bytes of UTF-8.
    public void limit(String field, String json, int largest) {
        if (json.length() > largest || json.getBytes(StandardCharsets.UTF_8).length > largest) {
            throw refuse(
                    field,
                    "max_length",
                    "Ensure this field has no more than " + largest + " bytes.");
        }
    }

    /// A field that must be there.
    public void require(String field) {
        if (!has(field)) {
            throw refuse(field, "required", "This field is required.");
        }
    }

    /// A field that may be absent but not null.
    public void notNull(String field) {
        if (raw(field).isNull()) {
            throw refuse(field, "null", "This field may not be null.");
        }
    }

    /// The refusal of a field.
    public ApiException refuse(String field, String code, String detail) {
        return ApiException.invalid(code, detail, attr(field));
    }

    /// The refusal of a value that is no declared object; `attr` null: it is the whole body.
    static ApiException noObject(JsonNode value, @Nullable String attr) {
        return ApiException.invalid(
                "invalid_input",
                "Invalid data. Expected a dictionary, but got " + pythonType(value) + ".",
                attr);
    }

    private static ApiException noFreeObject(JsonNode value, String attr) {
        return ApiException.invalid(
                "not_a_dict",
                "Expected a dictionary of items but got type \"" + pythonType(value) + "\".",
                attr);
    }

    /// The name that the contract's messages, which come from Python, give to a value's type.
    static String pythonType(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "dict";
            case ARRAY -> "list";
            case STRING -> "str";
            case BOOLEAN -> "bool";
            case NUMBER -> node.isIntegralNumber() ? "int" : "float";
            default -> "NoneType";
        };
    }

    private @Nullable String textOrNull(String field, TextRule rule) {
        var node = raw(field);
        if (node.isNull() && rule.nullable()) {
            return null;
        }
        notNull(field);
        if (!node.isTextual() && !node.isNumber()) {
            throw refuse(field, "invalid_input", "Not a valid string.");
        }
        var text = rule.trimmed() ? TextRule.trim(node.asText()) : node.asText();
        if (text.isEmpty() && rule.blankAllowed()) {
            return text;
        }
        if (text.isEmpty()) {
            throw refuse(field, "blank", "This field may not be blank.");
        }
        if (text.codePointCount(0, text.length()) > rule.longest()) {
            throw refuse(
                    field,
                    "max_length",
                    "Ensure this field has no more than " + rule.longest() + " characters.");
        }
        if (text.indexOf('\0') >= 0) {
            throw refuse(field, "null_characters_not_allowed", "Null characters are not allowed.");
        }
        int surrogate = Json.loneSurrogate(text, 0);
        if (surrogate >= 0) {
            throw refuse(
                    field,
                    "surrogate_characters_not_allowed",
                    "Surrogate characters are not allowed: U+%X."
                            .formatted((int) text.charAt(surrogate)));
        }
        limit(field, text, rule.largest());
        return text;
    }

    private ArrayNode list(String field, String attrWhenNoList) {
        require(field);
        notNull(field);
        if (!(raw(field) instanceof ArrayNode items)) {
            throw notAList(field, attrWhenNoList);
        }
        return items;
    }

    private void refuseEmpty(ArrayNode items, String field, String code, String detail) {
        if (items.isEmpty()) {
            throw refuse(field, code, detail);
        }
    }

    private ApiException notAList(String field, String attr) {
        return ApiException.invalid(
                "not_a_list",
                "Expected a list of items but got type \"" + pythonType(raw(field)) + "\".",
                attr(attr));
    }

    private void notNull(ArrayNode items, int i, String field) {
        if (items.get(i).isNull()) {
            throw refuse(field + "__" + i, "null", "This field may not be null.");
        }
    }

    private static @Nullable BigDecimal wholeNumberOrNull(JsonNode node) {
        if (node.isNumber()) {
            var number = node.decimalValue();
            boolean whole = number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
            return whole ? number : null;
        }
        var text = node.isTextual() ? node.asText().strip() : "";
        return WHOLE_NUMBER.matcher(text).matches() ? new BigDecimal(text) : null;
    }

    private static boolean isOneOrZero(JsonNode number) {
        var value = number.decimalValue();
        return value.compareTo(BigDecimal.ONE) == 0 || value.signum() == 0;
    }

    private static String pythonText(JsonNode node) {
        return node.isBoolean()
                ? (node.asBoolean() ? "True" : "False")
                : node.isValueNode() ? node.asText() : Json.text(node);
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST_ECHO
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST_ECHO)) + "...";
    }
}
