#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes fhir/src/r4.tsv, the structure of every FHIR R4 (4.0.1) type, from published definitions.

usage: fhir_r4_table.py FHIR_SCHEMAS_R4_JSON_GZ TERMINOLOGY_R4_JSON_GZ > fhir/src/r4.tsv

Both inputs are files of the crate `helios-fhir-validator` 0.2.7 (MIT), folder `packs/`: HL7's own
StructureDefinitions and required value sets of FHIR 4.0.1 (CC0), converted to FHIR Schema.
FHIR 4.0.1 is frozen, so this runs again only when somebody wants to check the table.
"""
import gzip
import json
import sys

NOT_R4 = {"ViewDefinition"}  # SQL on FHIR, published beside R4 but no part of it
ABSTRACT = {"Element", "BackboneElement", "Resource", "DomainResource"}
LARGEST_CODE_SET = 64  # longer ones (resource types, currencies) are not worth their bytes here


def load(path):
    with gzip.open(path) as packed:
        return json.load(packed)


def main(schemas_path, terminology_path):
    schemas = [s for s in load(schemas_path) if s.get("derivation") != "constraint" and s["name"] not in NOT_R4]
    by_name = {s["name"]: s for s in schemas}
    code_sets = {url: sorted({code for _, code in codes}) for url, codes in load(terminology_path)}
    used_sets, lines = {}, []

    def codes_of(element):
        binding = element.get("binding", {})
        url = binding.get("valueSet", "").split("|")[0]
        codes = code_sets.get(url, [])
        if element.get("type") != "code" or binding.get("strength") != "required":
            return ""
        if not 0 < len(codes) <= LARGEST_CODE_SET:
            return ""
        name = url.rsplit("/", 1)[1]
        assert used_sets.setdefault(name, codes) == codes, name
        return name

    def define(name, base, schema):
        """One definition, then those of its backbone elements."""
        inherited = by_name[base]["elements"] if base in by_name else {}
        elements = schema.get("elements", {})
        required = set(schema.get("required", []))
        lines.append(f"={name}\t{base}")
        nested = []
        for key, element in elements.items():
            type_tag = key == "resourceType" and "." not in name  # ExampleScenario.instance has an element so named
            if key in inherited or type_tag or "choiceOf" in element:
                continue
            low = max(int(key in required), element.get("min", 0))
            cardinality = f"{low}..{'*' if element.get('array') else 1}"
            label = key
            if "choices" in element:
                label, types = f"{key}[x]", " ".join(elements[c]["type"] for c in element["choices"])
                for choice in element["choices"]:
                    kind = elements[choice]["type"]
                    assert choice == key + kind[0].upper() + kind[1:], choice
            elif "elementReference" in element:
                types = "#" + ".".join(p for p in element["elementReference"] if p != "elements")
            elif element.get("elements"):
                types = f"#{name}.{key}"
                nested.append((f"{name}.{key}", element))
            else:
                types = "id" if (name, key) == ("Resource", "id") else element["type"]
            lines.append("\t".join([label, cardinality, types, codes_of(element)]).rstrip("\t"))
        for path, element in nested:
            define(path, element["type"], element)

    for schema in schemas:
        if schema["kind"] in ("complex-type", "resource"):
            define(schema["name"], schema.get("base", "").rsplit("/", 1)[-1] or "-", schema)
    print("# Structure of FHIR R4 (4.0.1), written by fhir/tools/fhir_r4_table.py; never edited by hand.")
    print("# FHIR is published by HL7 under CC0 1.0. Columns are separated by tabs:")
    print("#   @VALUESET  CODES             a required code set")
    print("#   =TYPE      BASE              starts a type (`-`: no base); elements of the base are inherited")
    print("#   ELEMENT    CARDINALITY  TYPES [VALUESET]   `x[x]` is a choice; `#TYPE` is a type defined here by its path")
    for name in sorted(used_sets):
        print(f"@{name}\t{' '.join(used_sets[name])}")
    print("\n".join(lines))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
