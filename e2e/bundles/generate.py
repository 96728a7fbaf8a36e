#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the example bundles beside this file; the same bytes every time.

usage: generate.py

Every person, number and address is invented. Numbers are written as text such as "#5.10" and become `5.10`, because
the trailing zero is part of a laboratory result and a test looks for it.
"""
import json
import re
import sys
import uuid
from pathlib import Path

LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
ATC = "http://www.whocc.no/atc"
HL7 = "http://terminology.hl7.org/CodeSystem/"
SPACE = uuid.UUID("6f1c6f3e-1d0a-5b52-9d53-5a1e5a1e5a1e")


def urn(*name):
    return "urn:uuid:" + str(uuid.uuid5(SPACE, "/".join(name)))


def concept(system, code, display, text=None):
    value = {"coding": [{"system": system, "code": code, "display": display}]}
    return {**value, "text": text} if text else value


def quantity(value, unit, code=None):
    return {"value": f"#{value}", "unit": unit, "system": UCUM, "code": code or unit}


class Record:
    """The entries of one bundle, with references by whatever way the bundle names its resources."""

    def __init__(self, owner, refer):
        self.owner, self.refer, self.entries = owner, refer, []

    def add(self, kind, name, /, **elements):
        self.entries.append((kind, name, {"resourceType": kind, "id": name, **elements}))
        return {"reference": self.refer(kind, name)}

    def observation(self, name, category, code, display, when, value, **more):
        label = {"vital-signs": "Vital Signs", "laboratory": "Laboratory", "social-history": "Social History"}[category]
        measured = {"valueQuantity": value} if value else {}
        return self.add(
            "Observation", name, status="final",
            category=[concept(HL7 + "observation-category", category, label)],
            code=concept(LOINC, code, display), subject=self.patient, encounter=self.visit,
            effectiveDateTime=when, performer=[self.doctor], **measured, **more)


def anna():
    r = Record("anna-bergmann", lambda kind, name: f"{kind}/{name}")
    clinic = r.add(
        "Organization", "ab-org-linden", identifier=[{"system": "https://lindenhof.example/ids/organisation", "value": "LH-0007"}],
        active=True, name="Klinikum Lindenhof (Beispielhaus)",
        telecom=[{"system": "phone", "value": "+49 30 5550 0100", "use": "work"}])
    r.doctor = r.add(
        "Practitioner", "ab-prac-weiss", identifier=[{"system": "https://lindenhof.example/ids/staff", "value": "LH-S-48213"}],
        name=[{"use": "official", "family": "Weißenfels-Muster", "given": ["Jürgen", "Theodor"], "prefix": ["Dr. med."]}])
    r.patient = r.add(
        "Patient", "ab-patient-2207", meta={"lastUpdated": "2026-03-02T08:15:00+01:00"},
        text={"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Anna Bergmann, geb. 14.05.1979</p></div>'},
        identifier=[
            {"use": "usual", "type": concept(HL7 + "v2-0203", "MR", "Medical record number"),
             "system": "https://lindenhof.example/ids/patient", "value": "LH-P-2207-4419"},
            {"system": "https://krankenkasse.example/ids/versicherte", "value": "Q774190352"}],
        active=True, name=[{"use": "official", "family": "Bergmann", "given": ["Anna", "Franziska"],
                            "_given": [None, {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier", "valueCode": "MID"}]}]}],
        telecom=[{"system": "phone", "value": "+49 170 5550 2207", "use": "mobile"},
                 {"system": "email", "value": "anna.bergmann@patientin.example"}],
        gender="female", birthDate="1979-05-14",
        _birthDate={"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "1979-05-14T04:35:00+01:00"}]},
        address=[{"use": "home", "line": ["Ahornsteig 41b"], "city": "Beispielstadt an der Spree", "postalCode": "10999", "country": "DE"}],
        maritalStatus=concept(HL7 + "v3-MaritalStatus", "M", "Married"), managingOrganization=clinic,
        generalPractitioner=[r.doctor])
    r.visit = r.add(
        "Encounter", "ab-enc-202603", status="finished", **{"class": {"system": HL7 + "v3-ActCode", "code": "AMB", "display": "ambulatory"}},
        type=[concept(SNOMED, "185349003", "Encounter for check up", "Jährliche Kontrolle bei Typ-2-Diabetes")],
        subject=r.patient, participant=[{"individual": r.doctor}],
        period={"start": "2026-03-02T08:00:00+01:00", "end": "2026-03-02T09:10:00+01:00"}, serviceProvider=clinic)

    def condition(name, code, display, text, onset, **more):
        return r.add(
            "Condition", name, **more, clinicalStatus=concept(HL7 + "condition-clinical", "active", "Active"),
            verificationStatus=concept(HL7 + "condition-ver-status", "confirmed", "Confirmed"),
            category=[concept(HL7 + "condition-category", "problem-list-item", "Problem List Item")],
            code=concept(SNOMED, code, display, text), subject=r.patient, onsetDateTime=onset, recorder=r.doctor)

    diabetes = condition("ab-cond-diabetes", "44054006", "Diabetes mellitus type 2", "Typ-2-Diabetes, gut eingestellt", "2017-09")
    condition("ab-cond-pressure", "38341003", "Hypertensive disorder", "Arterielle Hypertonie", "2019-02-11")
    condition("ab-cond-depression", "35489007", "Depressive disorder", "Depressive Episode, in Psychotherapie", "2024-11-05",
              meta={"security": [
                  {"system": HL7 + "v3-ActCode", "code": "PSY", "display": "psychiatry disorder information sensitivity"},
                  {"system": HL7 + "v3-Confidentiality", "code": "R", "display": "restricted"}]})

    day = "2026-03-02T08:{:02}:00+01:00".format
    vitals = [
        ("ab-vit-weight", "29463-7", "Body weight", quantity("71.40", "kg")),
        ("ab-vit-height", "8302-2", "Body height", quantity("168.0", "cm")),
        ("ab-vit-bmi", "39156-5", "Body mass index (BMI) [Ratio]", quantity("25.3", "kg/m2")),
        ("ab-vit-pulse", "8867-4", "Heart rate", quantity("72", "beats/min", "/min")),
        ("ab-vit-temp", "8310-5", "Body temperature", quantity("36.60", "Cel")),
        ("ab-vit-oxygen", "2708-6", "Oxygen saturation in Arterial blood", quantity("98", "%")),
    ]
    for minute, (name, code, display, value) in enumerate(vitals, 5):
        r.observation(name, "vital-signs", code, display, day(minute), value)
    r.observation("ab-vit-bp", "vital-signs", "85354-9", "Blood pressure panel with all children optional", day(12), None, component=[
        {"code": concept(LOINC, "8480-6", "Systolic blood pressure"), "valueQuantity": quantity("134", "mmHg", "mm[Hg]")},
        {"code": concept(LOINC, "8462-4", "Diastolic blood pressure"), "valueQuantity": quantity("84", "mmHg", "mm[Hg]")}])
    r.observation("ab-soc-smoke", "social-history", "72166-2", "Tobacco smoking status", day(14), None,
                  valueCodeableConcept=concept(SNOMED, "8517006", "Ex-smoker", "Ex-Raucherin seit 2015"))

    specimen = r.add("Specimen", "ab-spec-blood", status="available", type=concept(SNOMED, "119297000", "Blood specimen"),
                     subject=r.patient, receivedTime="2026-03-02T09:40:00+01:00", collection={"collectedDateTime": day(25)})
    labs = [
        ("ab-lab-glucose", "14771-0", "Fasting glucose [Moles/volume] in Serum or Plasma", quantity("6.10", "mmol/L"), "3.90", "5.60", "H"),
        ("ab-lab-hba1c", "59261-8", "Hemoglobin A1c/Hemoglobin.total in Blood by IFCC", quantity("47.0", "mmol/mol"), "20.0", "42.0", "H"),
        ("ab-lab-creat", "14682-9", "Creatinine [Moles/volume] in Serum or Plasma", quantity("68", "umol/L"), "45", "84", "N"),
        ("ab-lab-egfr", "98979-8", "Glomerular filtration rate/1.73 sq M.predicted", quantity("93.5", "mL/min/{1.73_m2}"), "90.0", "120.0", "N"),
        ("ab-lab-ldl", "22748-8", "Cholesterol in LDL [Moles/volume] in Serum or Plasma by calculation", quantity("3.20", "mmol/L"), "0.00", "3.00", "H"),
        ("ab-lab-hdl", "14646-4", "Cholesterol in HDL [Moles/volume] in Serum or Plasma", quantity("1.40", "mmol/L"), "1.20", "2.30", "N"),
        ("ab-lab-trig", "14927-8", "Triglyceride [Moles/volume] in Serum or Plasma", quantity("1.10", "mmol/L"), "0.00", "1.70", "N"),
        ("ab-lab-tsh", "11580-8", "Thyrotropin [Units/volume] in Serum or Plasma by Detection limit <= 0.005 mIU/L", quantity("2.045", "m[IU]/L"), "0.400", "4.000", "N"),
    ]
    results = [
        r.observation(
            name, "laboratory", code, display, day(25), value, specimen=specimen,
            interpretation=[concept(HL7 + "v3-ObservationInterpretation", flag, {"H": "High", "N": "Normal"}[flag])],
            referenceRange=[{"low": {**value, "value": f"#{low}"}, "high": {**value, "value": f"#{high}"}}])
        for name, code, display, value, low, high, flag in labs]
    lipids = r.observation("ab-lab-lipids", "laboratory", "57698-3", "Lipid panel with direct LDL - Serum or Plasma", day(25), None,
                           specimen=specimen, hasMember=results[4:7])
    r.add("DiagnosticReport", "ab-rep-metabolic", status="final", category=[concept(HL7 + "v2-0074", "LAB", "Laboratory")],
          code=concept(LOINC, "24323-8", "Comprehensive metabolic 2000 panel - Serum or Plasma", "Stoffwechselprofil"),
          subject=r.patient, encounter=r.visit, effectiveDateTime=day(25), issued="2026-03-02T13:20:00.000+01:00",
          performer=[clinic], specimen=[specimen], result=[*results, lipids],
          conclusion="Nüchternglukose leicht erhöht; \"Kontrolle in 3 Monaten\" empfohlen.")

    metformin = concept(ATC, "A10BA02", "metformin", "Metformin 1000 mg Filmtabletten")
    r.add("MedicationRequest", "ab-medreq-metformin", status="active", intent="order", medicationCodeableConcept=metformin,
          subject=r.patient, encounter=r.visit, authoredOn="2026-03-02", requester=r.doctor, reasonReference=[diabetes],
          dosageInstruction=[{"text": "Morgens und abends je eine Tablette zum Essen",
                              "timing": {"repeat": {"frequency": "#2", "period": "#1", "periodUnit": "d"}},
                              "doseAndRate": [{"doseQuantity": quantity("1000", "mg")}]}])
    r.add("MedicationRequest", "ab-medreq-ramipril", status="active", intent="order",
          medicationCodeableConcept=concept(ATC, "C09AA05", "ramipril", "Ramipril 5 mg Tabletten"), subject=r.patient,
          authoredOn="2026-03-02", requester=r.doctor)
    r.add("MedicationStatement", "ab-medstat-vitamin", status="active",
          medicationCodeableConcept=concept(ATC, "A11CC05", "colecalciferol", "Vitamin D3, selbst gekauft"), subject=r.patient,
          effectivePeriod={"start": "2025-10-01"}, informationSource=r.patient)
    r.add("AllergyIntolerance", "ab-all-penicillin",
          clinicalStatus=concept(HL7 + "allergyintolerance-clinical", "active", "Active"),
          verificationStatus=concept(HL7 + "allergyintolerance-verification", "confirmed", "Confirmed"), type="allergy",
          category=["medication"], criticality="high", code=concept(SNOMED, "764146007", "Penicillin", "Penicillinallergie"),
          patient=r.patient, recordedDate="2008-07-21",
          reaction=[{"manifestation": [concept(SNOMED, "271807003", "Eruption of skin", "Generalisiertes Exanthem")], "severity": "moderate"}])
    r.add("Immunization", "ab-imm-tetanus", status="completed", vaccineCode=concept("http://hl7.org/fhir/sid/cvx", "115", "Tdap", "Tetanus, Diphtherie, Pertussis"),
          patient=r.patient, occurrenceDateTime="2022-06-17", lotNumber="TX-90211-B", primarySource=True)
    r.add("Procedure", "ab-proc-eye", status="completed", code=concept(SNOMED, "53524009", "Ophthalmoscopy", "Augenhintergrunduntersuchung"),
          subject=r.patient, performedDateTime="2025-09-29", performer=[{"actor": r.doctor}])
    r.add("DocumentReference", "ab-doc-letter", status="current", type=concept(LOINC, "11488-4", "Consult note"), subject=r.patient,
          date="2026-03-02T14:00:00+01:00", author=[r.doctor], description="Arztbrief der Diabetesambulanz",
          content=[{"attachment": {"contentType": "text/plain", "language": "de", "title": "Arztbrief 02.03.2026",
                                   "data": "U2VociBnZWVocnRlIEZyYXUgS29sbGVnaW4sIHdpciBiZXJpY2h0ZW4gdWViZXIgdW5zZXJlIGdlbWVpbnNhbWUgUGF0aWVudGluLg=="}}])
    return {"resourceType": "Bundle", "id": "anna-bergmann", "type": "collection", "timestamp": "2026-03-02T15:00:00.000+01:00",
            "entry": [{"fullUrl": f"https://lindenhof.example/fhir/{kind}/{name}", "resource": resource} for kind, name, resource in r.entries]}


def karl():
    r = Record("karl-lindqvist", lambda kind, name: urn("karl-lindqvist", kind, name))
    r.doctor = r.add("Practitioner", "kl-prac", name=[{"family": "Övergård-Exempel", "given": ["Maja"]}])
    r.patient = r.add(
        "Patient", "kl-patient", identifier=[{"system": "https://norrsund.example/ids/patient", "value": "NS-88-130-771"}],
        name=[{"family": "Lindqvist", "given": ["Karl", "Emanuel"]}], gender="male", birthDate="1951-12-03")
    r.visit = r.add("Encounter", "kl-enc", status="finished", **{"class": {"system": HL7 + "v3-ActCode", "code": "IMP", "display": "inpatient encounter"}},
                    subject=r.patient, period={"start": "2026-01-10T07:30:00Z", "end": "2026-01-14T11:00:00Z"})
    r.add("Coverage", "kl-cover", status="active", beneficiary=r.patient, payor=[{"display": "Norrsunds Sjukkassa (påhittad)"}])
    r.observation("kl-lab-trop", "laboratory", "67151-1", "Troponin T.cardiac [Mass/volume] in Serum or Plasma by High sensitivity method",
                  "2026-01-10T08:05:00Z", quantity("112.0", "ng/L"))
    r.observation("kl-vit-pulse", "vital-signs", "8867-4", "Heart rate", "2026-01-10T07:45:00Z", quantity("104", "beats/min", "/min"))
    r.add("ImagingStudy", "kl-img", status="available", subject=r.patient, started="2026-01-10T09:15:00Z", description="Koronarangiografi, två kärl")
    r.add("Procedure", "kl-proc", status="completed", code=concept(SNOMED, "415070008", "Percutaneous coronary intervention"),
          subject=r.patient, performedPeriod={"start": "2026-01-10T10:00:00Z", "end": "2026-01-10T11:25:00Z"})
    r.add("MedicationRequest", "kl-med", status="active", intent="order",
          medicationCodeableConcept=concept(ATC, "B01AC24", "ticagrelor", "Ticagrelor 90 mg, tablett"), subject=r.patient, authoredOn="2026-01-11")
    r.add("Condition", "kl-cond-alcohol", meta={"security": [{"system": HL7 + "v3-ActCode", "code": "ETH"}]},
          code=concept(SNOMED, "15167005", "Alcohol abuse", "Riskbruk av alkohol"), subject=r.patient, recordedDate="2026-01-12")
    return {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": urn(r.owner, kind, name), "resource": {k: v for k, v in resource.items() if k != "id"},
         "request": {"method": "POST", "url": kind}} for kind, name, resource in r.entries]}


def invalid_entry():
    bundle = karl()
    observation = bundle["entry"][4]["resource"]
    del observation["status"]
    observation["valueQuantity"]["value"] = "high"
    observation["efectiveDateTime"] = observation.pop("effectiveDateTime")
    return bundle


def two_patients():
    bundle = karl()
    other = {"resourceType": "Observation", "status": "final", "code": {"text": "Example"}, "subject": {"reference": "Patient/someone-else"}}
    bundle["entry"].append({"fullUrl": urn("other"), "resource": other, "request": {"method": "POST", "url": "Observation"}})
    return bundle


def main():
    here = Path(__file__).parent
    bundles = {"anna-bergmann": anna(), "karl-lindqvist": karl(), "invalid-entry": invalid_entry(), "two-patients": two_patients()}
    for name, bundle in bundles.items():
        text = json.dumps(bundle, ensure_ascii=False, indent=2)
        text = re.sub(r'"#(-?[0-9.]+)"', r"\1", text)
        # One name with escapes, as some systems write every letter beyond ASCII.
        text = text.replace("Jürgen", "J\\u00fcrgen")
        (here / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(__doc__ if len(sys.argv) > 1 else main())
