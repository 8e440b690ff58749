"""Kubernetes' JSON schemas of one version out of the wheel of kubernetes-validate, as kubeconform reads them from a folder.

    python3 kubernetes-schemas.py WHEEL VERSION FOLDER
"""
import json
import pathlib
import sys
import zipfile

wheel, version, folder = sys.argv[1:]
place = f"kubernetes_validate/kubernetes-json-schema/v{version}-local-strict/"
into = pathlib.Path(folder)
into.mkdir(parents=True)
with zipfile.ZipFile(wheel) as archive:
    names = [name for name in archive.namelist() if name.startswith(place) and name.endswith(".json")]
    if not names:
        sys.exit(f"{wheel}: found no {place}, expected Kubernetes {version}")
    for name in names:
        schema = json.loads(archive.read(name))
        # They name themselves and each other by addresses of the web, which nobody is to be asked for.
        schema.pop("$id", None)
        text = json.dumps(schema).replace('"/api/_definitions.json#', '"_definitions.json#')
        (into / pathlib.PurePath(name).name).write_text(text)
